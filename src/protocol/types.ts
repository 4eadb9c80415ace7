/** Values shared by several messages. Lines and columns never cross this boundary (but for line numbers that a user spoke): offsets are UTF-16 units. */

export type ModelRole = 'completion' | 'chat' | 'speech' | 'vad';

export interface ModelSummary {
  readonly id: string;
  readonly name: string;
  readonly role: ModelRole;
  readonly family: string;
  readonly quantization: string;
  readonly bytes: number;
  readonly contextLength: number;
  readonly installed: boolean;
}

/** How tokens are drawn. Absent fields take the model's defaults; temperature 0 is greedy. */
export interface SamplingOptions {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
}

export type Finish = 'stop' | 'length' | 'cancelled';

export interface Timings {
  /** Tokens of the whole prompt, reused ones included. */
  readonly promptTokens: number;
  /** Prompt tokens found in the KV cache, so not computed again. */
  readonly reusedTokens: number;
  readonly prefillMs: number;
  /** From the request's arrival in the engine to the first token. */
  readonly firstTokenMs: number;
  readonly generatedTokens: number;
  readonly decodeMs: number;
  readonly draftedTokens: number;
  readonly acceptedTokens: number;
}

export interface GenerationResult {
  readonly text: string;
  /** What a reasoning model thought before; never part of `text`. */
  readonly thinking?: string;
  readonly finish: Finish;
  readonly timings: Timings;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A word and when it was said, in seconds from the sound's beginning. */
export interface TranscriptWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** 0 … 1 */
  readonly confidence: number;
}

/** What was said between two times, in seconds from the sound's beginning. */
export interface TranscriptSegment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** 0 … 1: the geometric mean of its tokens' probabilities. */
  readonly confidence: number;
  readonly avgLogProbability: number;
  /** Of the window that it was heard in, as are the two below; null of models that do not say. */
  readonly noSpeechProbability: number | null;
  /** What repeats itself has a high one. */
  readonly compressionRatio: number;
  readonly temperature: number;
  /** Timestamps included. */
  readonly tokens: readonly number[];
  /** Where they were asked for, or come for nothing. */
  readonly words?: readonly TranscriptWord[];
}

/** Sound that was heard and gave no text, and why. */
export interface SkippedSound {
  readonly start: number;
  readonly end: number;
  /** 'silence': nothing to hear at all; 'noSpeech': the model is unsure of what it heard, and thinks that nobody spoke. */
  readonly reason: 'silence' | 'noSpeech';
  /** null where the model was not asked. */
  readonly noSpeechProbability: number | null;
}

export interface Transcription {
  readonly text: string;
  /** Other readings of the whole sound, likelier ones first, without `text`; absent where they were not asked for. */
  readonly alternatives?: readonly string[];
  /** A code such as 'en'; null where nothing was heard, or the model does not say. */
  readonly language: string | null;
  readonly languageProbability: number;
  /** The sound's length. */
  readonly seconds: number;
  readonly segments: readonly TranscriptSegment[];
  readonly skipped: readonly SkippedSound[];
  /** 'cancelled': with what was complete by then. */
  readonly finish: 'stop' | 'cancelled';
  readonly timings: {
    readonly featuresMs: number;
    readonly encodeMs: number;
    readonly decodeMs: number;
    readonly tokens: number;
    readonly windows: number;
  };
}
