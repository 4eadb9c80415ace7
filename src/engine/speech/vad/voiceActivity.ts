/** Windows that a detector judges: 32 ms. */
export const windowSamples = 512;

/** Says of each window how likely it is that somebody speaks. One stream at a time. */
export interface VoiceActivityDetector {
  /** `samples`: of whole windows. Returns a probability a window. @throws inference_failed */
  push(samples: Float32Array): Promise<readonly number[]>;
  /** Forgets what was heard. */
  reset(): void;
}
