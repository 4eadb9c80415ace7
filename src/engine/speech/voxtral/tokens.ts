/** How Voxtral's special tokens are used, as model.json states them. */
export interface VoxtralTokens {
  readonly begin: number;
  readonly end: number;
  readonly instruction: number;
  readonly endOfInstruction: number;
  readonly beginAudio: number;
  /** What was heard stands at its place. */
  readonly audio: number;
  readonly transcribe: number;
}

/** Each is 80 ms of sound. */
export const tokensASecond = 12.5;
