/** How Voxtral Realtime's special tokens are used, as model.json states them. */
export interface RealtimeTokens {
  readonly begin: number;
  readonly end: number;
  /** Nothing is written at this time. */
  readonly pad: number;
  /** A word begins. */
  readonly word: number;
}

/** A token is 80 ms of sound: 8 frames of features, 1,280 samples. */
export const framesAToken = 8;
export const samplesAToken = 1280;
export const tokenMs = 80;
export const secondsAToken = tokenMs / 1000;
