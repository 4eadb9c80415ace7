/**
 * The native addon's whole surface (native/addon.cpp implements exactly this).
 * Every rejected promise and thrown error is an Error whose `code` property is an ErrorCode of src/protocol/errors.ts
 * and whose `remedy` property says what to do about it. Calls that return promises reject, the others throw; a wrong
 * argument is an invalid_argument and changes nothing.
 *
 * The work of a program is done by one thread of its own, in the order of the calls; programs do not wait for each other.
 */

export type TensorDtype = 'float32' | 'float16' | 'bfloat16' | 'int64' | 'int32' | 'int16' | 'int8' | 'uint8' | 'bool';

/** A dense, row-major tensor. `data` holds the raw little-endian elements. */
export interface Tensor {
  readonly dtype: TensorDtype;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export interface TensorInfo {
  readonly kind: 'tensor' | 'int' | 'double' | 'bool' | 'other';
  readonly dtype: TensorDtype | null;
  /** Upper bounds for dynamic dimensions (ExecuTorch records no more than that). */
  readonly shape: readonly number[];
}

export interface MethodInfo {
  readonly name: string;
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Backend ids used by this method, e.g. ['MLXBackend']; instructions outside any delegate are not listed. */
  readonly delegates: readonly string[];
}

/** One delegate's graph as `pteron models inspect` shows it. */
export interface GraphInfo {
  readonly method: string;
  readonly nodeCounts: Readonly<Record<string, number>>;
  readonly constantBytes: number;
  readonly constantCount: number;
  /** By dtype as MLX stores them: quantized weights are packed into uint32. */
  readonly constantTypes: Readonly<Record<string, { readonly count: number; readonly bytes: number }>>;
  /** A session's, with what the delegate aligns. */
  readonly mutableBytes: number;
  /** KV caches and other state inside the graph; -1 = dynamic. */
  readonly state: readonly { readonly name: string; readonly dtype: string; readonly shape: readonly number[] }[];
  /** Layers whose KV caches lie outside the graph, in the order of their nodes. */
  readonly cacheLayers: readonly number[];
}

/** How a program's language model is called, found from its signature; `Session` calls them all alike. */
export interface LanguageModelInfo {
  /**
   * 'pteron': (tokens int64[1,S], position int64[1], keep int64[K]) → logits[1,K,V], our own exports; with recurrent state
   *           also slots int64[2] = (read, write), which a session fills in; a model that hears or sees also takes
   *           features float32[1,S,D] and isFeature bool[1,S], what stands at a token's place, and then given…;
   * 'positions': (tokens, positions int64[S], given…) → logits of all rows or the last, as ExecuTorch exports transformers' models;
   * 'start': (tokens, start int64[1], given…) → the same, as ExecuTorch exports its own models, and Whisper's decoder.
   */
  readonly contract: 'pteron' | 'positions' | 'start';
  /** Most tokens a call. */
  readonly chunk: number;
  /** Most rows of logits a call can be asked for; 1 where nothing can be verified in one pass. */
  readonly rows: number;
  readonly vocabulary: number;
  /** Most tokens in the cache; null where neither the program nor its caches say. */
  readonly context: number | null;
  /** 'saved': to the nearest state below that was kept, of at most `slots` - 1; 'oneChunk': below the highest position ever
   *  written, or else to 0; 'nowhere': only to 0. */
  readonly rewind: 'anywhere' | 'saved' | 'oneChunk' | 'nowhere';
  /** Of recurrent state, the one before the first token included; 0 where there is none. */
  readonly slots: number;
  /** D, where `prefill` takes features; else 0. */
  readonly featureWidth: number;
  /** What `Session.provide` takes. */
  readonly given: readonly TensorInfo[];
}

export interface RuntimeInfo {
  readonly executorch: string;
  readonly mlx: string | null;
  readonly backends: readonly string[];
  /** What MLX programs run on: 'cpu (avx512vnni, 2 threads)', 'cuda: NVIDIA H100', 'metal: Apple M4 Max'. */
  readonly mlxDevice: string;
  /** The path of the libmlx that was loaded; null where MLX is part of ExecuTorch's library (macOS). */
  readonly mlxLibrary: string | null;
  /** The device's own memory; 0 where it is the machine's. */
  readonly mlxDeviceBytes: number;
  readonly cpuFeatures: readonly string[];
  readonly threads: number;
  readonly memory: {
    readonly totalBytes: number;
    readonly availableBytes: number;
    readonly residentBytes: number;
    readonly peakResidentBytes: number;
  };
}

export interface LoadOptions {
  /** `.ptd` files with further constants. */
  readonly dataPaths?: readonly string[];
  /** Bytes of weights + mutable state + work area allowed; checked before loading (out_of_memory). */
  readonly memoryLimit?: number;
  /** Tokens that sessions will be made for; the program's own context where absent. State that grows with use counts so much. */
  readonly contextLength?: number;
  /** How KV caches outside the graph (UpdateAndAttend nodes) are stored; as their keys and values come where absent. */
  readonly cacheDtype?: 'float32' | 'float16' | 'bfloat16';
}

export interface NativeSampling {
  /** 0 (the default) = greedy; up to 100. */
  readonly temperature?: number;
  /** 0 (the default) = all. Applied before topP, as transformers does. */
  readonly topK?: number;
  /** 0 … 1 (the default). */
  readonly topP?: number;
  /** Of the most likely token's probability; 0 (the default) … 1. */
  readonly minP?: number;
  /** 1 = none (the default); on the last 64 tokens, as transformers defines it. */
  readonly repetitionPenalty?: number;
  /** 0 … 2⁵³ − 1. The token at a position depends on seed and logits only, not on how the calls were cut; the same on
   *  every machine that computes the same logits. Without a seed every call draws anew. */
  readonly seed?: number;
}

export interface DecodeOptions {
  readonly maxTokens: number;
  readonly sampling?: NativeSampling;
  /** Generation ends when one of these is drawn; it is not part of `tokens`. */
  readonly stopIds?: readonly number[];
  /** A bit a token, little-endian words, 1 = allowed. */
  readonly mask?: Uint32Array;
  /** Called on the JS thread for each token, in order; returning 'stop' ends the generation with this token kept. What
   *  it throws rejects the decode; the session stays usable. */
  readonly onToken?: (token: number) => 'continue' | 'stop';
  readonly signal?: AbortSignal;
}

export interface DecodeResult {
  readonly tokens: number[];
  /** 'length': maxTokens, or the end of the context. 'cancelled': by the signal, or by a dispose. */
  readonly finish: 'stop' | 'length' | 'cancelled';
}

/**
 * One KV lane of a program that follows one of the contracts of LanguageModelInfo.
 * `position` counts the tokens whose keys and values are in the cache. The last token that decode returned, and verify's
 * `next`, is not in the cache yet: it is pending, and fed by the next prefill, decode or verify. Where a decode ended at
 * a stop id nothing is pending. A caller that keeps all tokens it fed or got therefore finds the first `position` of
 * them in the cache. A failed computation (inference_failed) leaves all but reset and dispose to fail with
 * session_poisoned.
 */
export interface Session {
  readonly position: number;
  /** Feeds tokens in chunks of at most the program's S; keeps the last row's logits for `decode`. An abort stops between
   *  chunks and resolves with the position reached. Fails with prompt_too_long beyond the context. `features`: float32
   *  [1, rows, D], what stands at the place of `rows` of these tokens, from index `at` on; of the others, nothing. */
  prefill(
    tokens: readonly number[] | Int32Array,
    options?: { signal?: AbortSignal; features?: { readonly at: number; readonly values: Tensor } },
  ): Promise<{ position: number; cancelled: boolean }>;
  /** Draws tokens one by one, beginning with the pending token's logits or those of the last prefill; invalid_argument
   *  where there are neither (a new session, or after a rewind). */
  decode(options: DecodeOptions): Promise<DecodeResult>;
  /**
   * Feeds the pending token (if any) and `draft` in one pass and accepts the longest prefix of the draft that the sampler
   * itself would have drawn; `next` is the token drawn after it. Lossless: greedy or with a seed, the tokens are those of
   * plain decoding; without a seed they have its distribution. At most min(S, K) − 1 tokens; a draft that reaches beyond
   * the context is cut.
   */
  verify(draft: readonly number[], sampling?: NativeSampling): Promise<{ accepted: number; next: number }>;
  /** Goes back to at most `position`; returns the position reached (the caller prefills the rest). The pending token and
   *  the logits are forgotten, even where the position stays. invalid_argument while a job of the session is under way. */
  rewind(position: number): number;
  /** Sets the inputs that stay the same for a whole sequence (LanguageModelInfo.given), such as the keys and values of a
   *  speech decoder's cross attention, and forgets everything, as `reset` does. A session of the same program and method
   *  lends those that it was given, without a copy. invalid_argument where they do not fit, or while a job is under way;
   *  where a program takes some, the first job fails with invalid_argument without them. */
  provide(inputs: readonly Tensor[] | Session): void;
  /** The logits that a decode would begin with, fp32 [V], for a caller whose rules need all of them: it draws each token itself
   *  and prefills it. invalid_argument where nothing was prefilled since, or while a job of the session is under way. */
  logits(): Float32Array;
  /** Forgets everything, and clears a poisoned session. invalid_argument while a job of the session is under way. */
  reset(): void;
  /** Ends a running job as an abort would; jobs behind it are rejected as disposed. Idempotent. */
  dispose(): void;
}

export interface Program {
  readonly methods: readonly MethodInfo[];
  readonly graphs: readonly GraphInfo[];
  /** Value of a constant method (no inputs, one scalar or tensor output), or undefined where there is none. */
  constant(name: string): number | boolean | number[] | undefined;
  /** Executes any method once, on a state of its own that later `run` calls share. */
  run(method: string, inputs: readonly Tensor[]): Promise<Tensor[]>;
  /** program_unsupported, with what is known, where the method (default 'forward') follows no contract. */
  languageModel(method?: string): LanguageModelInfo;
  /** contextLength: at most the program's. program_unsupported where the method is no language model, or where a program
   *  that keeps its state outside the MLX delegate has a session already. The cache itself is made by the first job. */
  createSession(options: { contextLength: number; method?: string }): Session;
  /** Disposes the sessions, ends a running job as an abort would, and frees everything after it. Idempotent. */
  dispose(): void;
}

export interface Addon {
  runtimeInfo(): RuntimeInfo;
  /** Loads every method. Rejects with program_missing, program_invalid, program_unsupported or out_of_memory. */
  Program: { load(path: string, options?: LoadOptions): Promise<Program> };
}
