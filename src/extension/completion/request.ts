/** One completion from trigger to outcome, without the editor's types: what the provider wraps and the tests drive. */
import type { CancellationToken } from 'vscode-jsonrpc';
import type { CompleteParams, GenerationResult, ModelSummary, PteronError } from '../../protocol';
import { toPteronError } from '../engine/errors';
import type { Log } from '../log';
import type { AdaptiveDebounce } from './debounce';
import type { DocumentWindow } from './documentWindow';
import { finishCompletion } from './finishing';
import { nothing, type Outcome } from './reasons';
import type { RecentSuggestions } from './recentSuggestions';

export interface CompletionRequest {
  readonly uri: string;
  readonly languageId: string;
  readonly path: string | undefined;
  readonly window: DocumentWindow;
  readonly automatic: boolean;
  readonly multiline: boolean;
  readonly maxTokens: number;
  readonly debounceMs: number;
}

export interface CompletionDependencies {
  readonly model: () => Promise<ModelSummary>;
  readonly complete: (params: CompleteParams, token: CancellationToken) => Promise<GenerationResult>;
  readonly recent: RecentSuggestions;
  readonly debounce: AdaptiveDebounce;
  readonly log: Log;
  readonly onFailure: (error: PteronError) => void;
  readonly onSuccess: () => void;
}

/** Longest single-line suggestion in tokens: more would only be cut off. */
const singleLineTokens = 40;

export async function requestCompletion(
  request: CompletionRequest,
  dependencies: CompletionDependencies,
  token: CancellationToken,
): Promise<Outcome> {
  const { recent, debounce } = dependencies;
  const known = recent.remainder(request.uri, request.window);
  if (known !== undefined) return { kind: 'show', text: known, from: 'typedAsSuggested' };
  if (request.automatic && !(await pause(debounce.next(request.debounceMs), token))) return nothing('cancelled');
  try {
    const model = await dependencies.model();
    if (token.isCancellationRequested) return nothing('cancelled');
    const started = performance.now();
    const result = await dependencies.complete(toParams(request, model.id), token);
    debounce.finished(performance.now() - started);
    dependencies.onSuccess();
    if (result.finish === 'cancelled' || token.isCancellationRequested) return nothing('cancelled');
    dependencies.log.debug(describe(result));
    return offer(result.text, request, recent);
  } catch (error) {
    if (token.isCancellationRequested) return nothing('cancelled');
    const failure = toPteronError(error);
    dependencies.onFailure(failure);
    return nothing('failed');
  }
}

function offer(raw: string, request: CompletionRequest, recent: RecentSuggestions): Outcome {
  const { suffix } = request.window;
  const lineEnd = suffix.indexOf('\n');
  const lineAfter = lineEnd < 0 ? suffix : suffix.slice(0, lineEnd);
  const following = lineEnd < 0 ? '' : suffix.slice(lineEnd + 1);
  const text = finishCompletion(raw, { lineAfter: lineAfter.trimEnd(), following, multiline: request.multiline });
  if (typeof text !== 'string') return text;
  recent.add(request.uri, request.window, text);
  return { kind: 'show', text, from: 'model' };
}

function toParams(request: CompletionRequest, model: string): CompleteParams {
  const { window, multiline, maxTokens, languageId, path } = request;
  return {
    model,
    prefix: window.prefix,
    prefixOffset: window.prefixOffset,
    suffix: window.suffix,
    languageId,
    ...(path === undefined ? {} : { path }),
    multiline,
    maxTokens: multiline ? maxTokens : Math.min(maxTokens, singleLineTokens),
  };
}

function describe({ finish, timings: t }: GenerationResult): string {
  return (
    `completion: ${finish}, prompt ${t.promptTokens} tokens (${t.reusedTokens} reused) in ${t.prefillMs.toFixed(0)} ms, ` +
    `${t.generatedTokens} generated in ${t.decodeMs.toFixed(0)} ms, first after ${t.firstTokenMs.toFixed(0)} ms`
  );
}

/** Resolves with false as soon as `token` is cancelled. */
function pause(ms: number, token: CancellationToken): Promise<boolean> {
  if (token.isCancellationRequested) return Promise.resolve(false);
  if (ms <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(() => finish(true), ms);
    const subscription = token.onCancellationRequested(() => finish(false));
    const finish = (completed: boolean): void => {
      clearTimeout(timer);
      subscription.dispose();
      resolve(completed);
    };
  });
}
