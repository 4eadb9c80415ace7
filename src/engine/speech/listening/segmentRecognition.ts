import type { Transcription } from '../../../protocol';
import type { PartialText } from '../recognizer';

/** Part of a sound. Positions are samples since the whole sound began. */
export interface SoundRange {
  readonly from: number;
  readonly to: number;
}

/** A stretch of speech that is recognized while it grows, until it is cut off. */
export interface SegmentRecognition {
  /**
   * The sound reaches further. `speechEnd`: where the latest speech ended; `speaking`: whether it goes on. Returns at once.
   * `read` copies a range of the sound.
   */
  update(range: SoundRange, speech: { readonly end: number; readonly speaking: boolean }, read: ReadSound): void;
  /** Of the segment so far. */
  readonly text: PartialText;
  /** The segment as it will stay. `speechEnd`: what was heard up to there need not be heard again. @throws inference_failed */
  finish(range: SoundRange, speechEnd: number, read: ReadSound): Promise<Transcription>;
  /** Ends work that is not needed any more; idempotent. */
  dispose(): void;
}

export type ReadSound = (range: SoundRange) => Float32Array;
