/**
 * The native addon's whole surface (native/addon.cpp implements exactly this).
 * Every rejected promise and thrown error is an Error whose `code` property is an ErrorCode of src/protocol/errors.ts.
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
  readonly mutableBytes: number;
}

export interface RuntimeInfo {
  readonly executorch: string;
  readonly mlx: string | null;
  readonly backends: readonly string[];
  /** What MLX programs run on: 'cpu (avx512vnni, 2 threads)', 'cuda: NVIDIA H100', 'metal: Apple M4 Max'. */
  readonly mlxDevice: string;
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
}

export interface NativeSampling {
  /** 0 = greedy. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly seed?: number;
}

export interface DecodeOptions {
  readonly maxTokens: number;
  readonly sampling?: NativeSampling;
  /** Generation ends when one of these is drawn; it is not part of `tokens`. */
  readonly stopIds?: readonly number[];
  /** A bit a token, little-endian words, 1 = allowed. */
  readonly mask?: Uint32Array;
  /** Called on the JS thread for each token, in order; returning 'stop' ends the generation with this token kept. */
  readonly onToken?: (token: number) => 'continue' | 'stop';
  readonly signal?: AbortSignal;
}

export interface DecodeResult {
  readonly tokens: number[];
  readonly finish: 'stop' | 'length' | 'cancelled';
}

/**
 * One KV lane of a program that follows the language-model contract:
 * forward(tokens int64[1,S], position int64[1], keep int64[K]) → logits[1,K,V].
 * `position` counts the tokens whose keys and values are in the cache. The last token that decode returned is not
 * in the cache yet: it is fed by the next prefill, decode or verify.
 */
export interface Session {
  readonly position: number;
  /** Feeds tokens in chunks of at most the program's S; keeps the last row's logits for `decode`. An abort stops between
   *  chunks and resolves with the position reached. Fails with prompt_too_long beyond the context. */
  prefill(
    tokens: readonly number[] | Int32Array,
    options?: { signal?: AbortSignal },
  ): Promise<{ position: number; cancelled: boolean }>;
  /** Draws tokens one by one, beginning with the logits of the last prefill (or of the last decode step). */
  decode(options: DecodeOptions): Promise<DecodeResult>;
  /**
   * Feeds the pending token (if any) and `draft` in one pass and accepts the longest prefix of the draft that the sampler
   * itself would have drawn; `next` is the token drawn after it. Lossless for greedy sampling.
   */
  verify(draft: readonly number[], sampling?: NativeSampling): Promise<{ accepted: number; next: number }>;
  /** Goes back to at most `position`; returns the position reached (the caller prefills the rest). */
  rewind(position: number): number;
  /** Forgets everything, and clears a poisoned session. */
  reset(): void;
  dispose(): void;
}

export interface Program {
  readonly methods: readonly MethodInfo[];
  readonly graphs: readonly GraphInfo[];
  /** Value of a constant method (no inputs, one scalar or tensor output), or undefined where there is none. */
  constant(name: string): number | boolean | number[] | undefined;
  /** Executes any method once, on a state of its own that later `run` calls share. */
  run(method: string, inputs: readonly Tensor[]): Promise<Tensor[]>;
  createSession(options: { contextLength: number; method?: string }): Session;
  dispose(): void;
}

export interface Addon {
  runtimeInfo(): RuntimeInfo;
  Program: { load(path: string, options?: LoadOptions): Promise<Program> };
}
