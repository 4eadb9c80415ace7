import { describe, expect, it, vi } from 'vitest';
import { CancellationToken } from 'vscode-jsonrpc';
import { CancellationSource, Emitter } from '../../../src/extension/events';

describe('Emitter', () => {
  it('tells every listener until it is disposed, also one that leaves while being told', () => {
    const emitter = new Emitter<number>();
    const seen: string[] = [];
    const first = emitter.event((value) => (seen.push(`a${value}`), first.dispose()));
    emitter.event((value) => seen.push(`b${value}`));
    emitter.fire(1);
    emitter.fire(2);
    emitter.dispose();
    emitter.fire(3);
    expect(seen).toEqual(['a1', 'b1', 'b2']);
  });
});

describe('CancellationSource', () => {
  it('is a token that the protocol accepts', () => {
    expect(CancellationToken.is(new CancellationSource().token)).toBe(true);
  });

  it('tells listeners once, late ones too, and none that left', async () => {
    const source = new CancellationSource();
    const [early, left, late] = [vi.fn(), vi.fn(), vi.fn()];
    source.token.onCancellationRequested(early);
    source.token.onCancellationRequested(left).dispose();
    source.cancel();
    source.cancel();
    source.token.onCancellationRequested(late);
    await Promise.resolve();
    expect([early, left, late].map((listener) => listener.mock.calls.length)).toEqual([1, 0, 1]);
    expect(source.token.isCancellationRequested).toBe(true);
  });
});
