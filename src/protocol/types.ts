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
