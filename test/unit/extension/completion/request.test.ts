import { describe, expect, it, vi } from 'vitest';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { AdaptiveDebounce } from '../../../../src/extension/completion/debounce';
import { RecentSuggestions } from '../../../../src/extension/completion/recentSuggestions';
import { requestCompletion, type CompletionRequest } from '../../../../src/extension/completion/request';
import { PteronError, type GenerationResult } from '../../../../src/protocol';
import { collectingLog, model, timings } from '../support';

const request = (prefix: string, change: Partial<CompletionRequest> = {}): CompletionRequest => ({
  uri: 'file:///a.py',
  languageId: 'python',
  path: 'a.py',
  window: { prefix, prefixOffset: 0, suffix: '', cursorOffset: prefix.length },
  automatic: true,
  multiline: false,
  maxTokens: 64,
  debounceMs: 0,
  ...change,
});

function setUp(answer: (() => Promise<GenerationResult>) | string = 'x * 2') {
  const complete = vi.fn(
    typeof answer === 'string' ? async () => ({ text: answer, finish: 'stop' as const, timings }) : answer,
  );
  const onFailure = vi.fn();
  const dependencies = {
    model: async () => model('writer', 'completion'),
    complete,
    recent: new RecentSuggestions(),
    debounce: new AdaptiveDebounce(),
    log: collectingLog(),
    onFailure,
    onSuccess: vi.fn(),
  };
  const source = new CancellationTokenSource();
  const run = (of: CompletionRequest) => requestCompletion(of, dependencies, source.token);
  return { run, complete, onFailure, source };
}

describe('requestCompletion', () => {
  it('asks the model once, then serves typing as suggested without it', async () => {
    const { run, complete } = setUp();
    expect(await run(request('return '))).toEqual({ kind: 'show', text: 'x * 2', from: 'model' });
    expect(await run(request('return x '))).toEqual({ kind: 'show', text: '* 2', from: 'typedAsSuggested' });
    expect(complete).toHaveBeenCalledTimes(1);
    await run(request('return y'));
    expect(complete).toHaveBeenCalledTimes(2);
  });

  it('does not reach the engine when the next keystroke comes within the debounce', async () => {
    const { run, complete, source } = setUp();
    const outcome = run(request('return ', { debounceMs: 10_000 }));
    source.cancel();
    expect(await outcome).toEqual({ kind: 'nothing', reason: 'cancelled' });
    expect(complete).not.toHaveBeenCalled();
  });

  it('does not wait when invoked explicitly', async () => {
    const { run } = setUp();
    expect(await run(request('return ', { automatic: false, debounceMs: 10_000_000 }))).toMatchObject({ kind: 'show' });
  });

  it('turns a failure into a reason, and a failure after cancelling into nothing at all', async () => {
    const error = new PteronError('addon_missing', 'No addon.', 'Build it.');
    const { run, onFailure } = setUp(() => Promise.reject(error));
    expect(await run(request('return '))).toEqual({ kind: 'nothing', reason: 'failed' });
    expect(onFailure).toHaveBeenCalledExactlyOnceWith(error);

    const late = setUp(() => (late.source.cancel(), Promise.reject(error)));
    expect(await late.run(request('return '))).toEqual({ kind: 'nothing', reason: 'cancelled' });
    expect(late.onFailure).not.toHaveBeenCalled();
  });

  it('shows nothing of an answer that was cancelled', async () => {
    const { run } = setUp(async () => ({ text: 'half', finish: 'cancelled', timings }));
    expect(await run(request('return '))).toEqual({ kind: 'nothing', reason: 'cancelled' });
  });
});
