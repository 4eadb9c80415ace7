/**
 * The typed JSON-RPC surface between the extension host and the engine (vscode-jsonrpc over fork IPC).
 * Every request is cancellable with vscode-jsonrpc's cancellation; a cancelled generation *resolves* with finish 'cancelled'.
 * Errors are ResponseErrors whose `data` is ErrorData (errors.ts).
 */
import { NotificationType, ProgressType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type { ChatMessage, GenerationResult, ModelSummary, SamplingOptions } from './types';

export const protocolVersion = 1;

export interface InitializeParams {
  readonly protocolVersion: number;
  /** The model store; absent means PTERON_HOME or the platform's default. */
  readonly home?: string;
  readonly memoryLimitBytes?: number;
}
export interface InitializeResult {
  readonly protocolVersion: number;
  readonly engineVersion: string;
  readonly pid: number;
}
export const Initialize = new RequestType<InitializeParams, InitializeResult, unknown>('initialize');

export const ListModels = new RequestType0<ModelSummary[], unknown>('models/list');

export interface LoadModelParams {
  readonly model: string;
}
export interface LoadModelResult {
  readonly model: ModelSummary;
  readonly loadMs: number;
}
/** Loads a model into memory ahead of its first use; generation requests load on demand. */
export const LoadModel = new RequestType<LoadModelParams, LoadModelResult, unknown>('models/load');
export const UnloadModel = new RequestType<LoadModelParams, void, unknown>('models/unload');

/** Text deltas of a Complete or Chat request: they join to the result's text. */
export const TextDelta = new ProgressType<string>();
export interface StreamParams {
  /** Present: the engine sends TextDelta progress under this token. */
  readonly progressToken?: string | number;
}

export interface CompleteParams extends StreamParams {
  readonly model: string;
  /**
   * Text before the cursor, newest at its end. It may start late in the document (`prefixOffset` > 0), at a line
   * boundary, so that a keystroke in a large file does not send all of it.
   */
  readonly prefix: string;
  /** UTF-16 offset of `prefix` in the document; the engine keeps its prompt's start stable with it. */
  readonly prefixOffset: number;
  /** Text after the cursor; the caller may cut it. */
  readonly suffix: string;
  readonly languageId?: string;
  /** Path relative to the workspace; a hint for the prompt only. */
  readonly path?: string;
  readonly maxTokens?: number;
  /** true: more than one line may be offered; false: stop at the first line's end. */
  readonly multiline?: boolean;
  /** Milliseconds from arrival after which decoding ends with what there is (finish 'length'). */
  readonly deadlineMs?: number;
  readonly sampling?: SamplingOptions;
}
export const Complete = new RequestType<CompleteParams, GenerationResult, unknown>('complete');

export interface ChatParams extends StreamParams {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** true: the model may reason before it answers, where its template knows of that. Default: it answers at once. */
  readonly thinking?: boolean;
  readonly maxTokens?: number;
  readonly sampling?: SamplingOptions;
}
export const Chat = new RequestType<ChatParams, GenerationResult, unknown>('chat');

export interface CountTokensParams {
  readonly model: string;
  readonly text: string;
}
export const CountTokens = new RequestType<CountTokensParams, number, unknown>('tokens/count');

export interface DoctorReport {
  readonly engineVersion: string;
  readonly platform: string;
  readonly node: string;
  readonly cpu: { readonly model: string; readonly threads: number; readonly features: readonly string[] };
  readonly memoryBytes: { readonly total: number; readonly available: number };
  readonly backends: readonly string[];
  readonly mlxDevice: string;
  readonly mlx: {
    readonly version: string | null;
    /** The libmlx that was loaded; null where MLX is part of ExecuTorch's library. */
    readonly library: string | null;
    /** The device's own memory, or the machine's where they share it. */
    readonly memoryBytes: number;
    /** What PTERON_DEVICE asks for; null where it is not set. */
    readonly requested: string | null;
  };
  readonly home: string;
  readonly models: readonly ModelSummary[];
  readonly problems: readonly { readonly code: string; readonly message: string; readonly remedy: string }[];
}
export const Doctor = new RequestType0<DoctorReport, unknown>('doctor');

/** Sent whenever it changes; what the status bar shows. */
export type EngineActivity =
  | { readonly state: 'idle' }
  | { readonly state: 'loading'; readonly model: string }
  | { readonly state: 'working'; readonly what: 'completion' | 'chat' | 'speech'; readonly model: string };
export const ActivityChanged = new NotificationType<EngineActivity>('activity');

export interface LogParams {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
}
export const Log = new NotificationType<LogParams>('log');

export const Shutdown = new RequestType0<void, unknown>('shutdown');
