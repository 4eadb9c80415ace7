/** How Whisper's special tokens are used, as model.json states them. */
export interface WhisperTokens {
  readonly startOfTranscript: number;
  readonly startOfPrevious: number;
  readonly endOfText: number;
  readonly noSpeech: number;
  readonly noTimestamps: number;
  /** 0.00 s; each further token is 0.02 s later. */
  readonly firstTimestamp: number;
  /** null: a model for English only, which is told neither task nor language. */
  readonly transcribe: number | null;
  readonly translate: number | null;
  /** Code → token; empty for English only. */
  readonly languages: Readonly<Record<string, number>>;
  /** Never drawn, and never drawn first. */
  readonly suppress: readonly number[];
  readonly suppressAtBegin: readonly number[];
  /** Of the first timestamp, in steps of 0.02 s. */
  readonly maxInitialTimestamp: number;
}

export const secondsAStep = 0.02;
