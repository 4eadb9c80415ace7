import { describe, expect, test } from 'vitest';
import type { DecodeOptions } from '../../src/engine/native/addonTypes';
import { codeOf } from './support/errors';
import { load, loadSession, outsideDelegate, reference, vocabulary } from './support/fixtures';

const { prompt, greedy } = reference('tiny-gemma3');

describe('decode', () => {
  test('draws tokens; the last one waits to be fed', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    const result = await session.decode({ maxTokens: 5 });
    expect(result).toEqual({ tokens: greedy.slice(0, 5), finish: 'length' });
    expect(session.position).toBe(prompt.length + 4);
  });

  test('goes on where it stopped, and a prefill feeds the waiting token first', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    await session.decode({ maxTokens: 5 });
    expect((await session.decode({ maxTokens: 5 })).tokens).toEqual(greedy.slice(5, 10));
    await session.prefill(greedy.slice(10, 13));
    expect(session.position).toBe(prompt.length + 13);
    expect((await session.decode({ maxTokens: 5 })).tokens).toEqual(greedy.slice(13, 18));
  });

  test('calls onToken for each token in order; "stop" keeps the token', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    const seen: number[] = [];
    const onToken = (token: number) => (seen.push(token) === 4 ? ('stop' as const) : ('continue' as const));
    expect(await session.decode({ maxTokens: 20, onToken })).toEqual({ tokens: greedy.slice(0, 4), finish: 'stop' });
    expect(seen).toEqual(greedy.slice(0, 4));
    expect((await session.decode({ maxTokens: 2 })).tokens).toEqual(greedy.slice(4, 6));
  });

  test('ends before a stop id, and would draw it again', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    const stop = greedy[6]!;
    const before = greedy.indexOf(stop);
    expect(await session.decode({ maxTokens: 20, stopIds: [1, stop] })).toEqual({
      tokens: greedy.slice(0, before),
      finish: 'stop',
    });
    expect(session.position).toBe(prompt.length + before);
    expect((await session.decode({ maxTokens: 1 })).tokens).toEqual([stop]);
  });

  test('draws only what the mask allows', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    const mask = new Uint32Array(vocabulary / 32);
    for (const token of [7, 40, 383]) mask[token >> 5]! |= 1 << (token & 31);
    const { tokens } = await session.decode({ maxTokens: 20, mask });
    expect(tokens).toHaveLength(20);
    expect(tokens.every((token) => [7, 40, 383].includes(token))).toBe(true);
  });

  test('ends at the end of the context', async () => {
    const session = (await load()).createSession({ contextLength: 10 });
    await session.prefill([1, 2, 3, 4, 5, 6, 7, 8]);
    const result = await session.decode({ maxTokens: 50 });
    expect(result.finish).toBe('length');
    expect(result.tokens).toHaveLength(3); // the last of them was not fed any more
    expect(session.position).toBe(10);
    expect((await session.decode({ maxTokens: 5 })).tokens).toEqual([]);
    expect(await codeOf(() => session.prefill([1]))).toBe('prompt_too_long');
  });

  test('needs something to draw from', async () => {
    const session = await loadSession();
    expect(await codeOf(() => session.decode({ maxTokens: 1 }))).toBe('invalid_argument');
    await session.prefill([1]);
    await session.decode({ maxTokens: 1 });
  });

  test('an error in onToken rejects with it and spares the session', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    const onToken = () => {
      throw new RangeError('from the callback');
    };
    await expect(session.decode({ maxTokens: 5, onToken })).rejects.toThrow(RangeError);
    const answer = (() => 'perhaps') as unknown as () => 'stop';
    expect(await codeOf(() => session.decode({ maxTokens: 5, onToken: answer }))).toBe('invalid_argument');
    expect((await session.decode({ maxTokens: 3 })).tokens).toEqual(greedy.slice(2, 5));
  });

  test('refuses options that make no sense, and goes on', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    const wrong: Record<string, unknown>[] = [
      {},
      { maxTokens: 0 },
      { maxTokens: 1.5 },
      { maxTokens: Number.NaN },
      { maxTokens: '3' },
      { maxTokens: 1, stopIds: [vocabulary] },
      { maxTokens: 1, stopIds: 4 },
      { maxTokens: 1, mask: new Uint32Array(3) },
      { maxTokens: 1, mask: new Uint32Array(vocabulary / 32) },
      { maxTokens: 1, mask: [1] },
      { maxTokens: 1, onToken: 'stop' },
      { maxTokens: 1, signal: 'now' },
      { maxTokens: 1, sampling: 'hot' },
      ...[-1, Number.NaN, Infinity, '1'].map((temperature) => ({ maxTokens: 1, sampling: { temperature } })),
      ...[-1, 0.5, Number.NaN].map((topK) => ({ maxTokens: 1, sampling: { topK } })),
      ...[-0.1, 1.1, Number.NaN].map((topP) => ({ maxTokens: 1, sampling: { topP } })),
      ...[-0.1, 1.1].map((minP) => ({ maxTokens: 1, sampling: { minP } })),
      ...[0, -1, Number.NaN].map((repetitionPenalty) => ({ maxTokens: 1, sampling: { repetitionPenalty } })),
      ...[-1, 0.5, 2 ** 60].map((seed) => ({ maxTokens: 1, sampling: { seed } })),
    ];
    for (const options of wrong) {
      const call = () => session.decode(options as unknown as DecodeOptions);
      expect(await codeOf(call), JSON.stringify(options)).toBe('invalid_argument');
    }
    expect(await codeOf(() => session.decode(undefined as unknown as DecodeOptions))).toBe('invalid_argument');
    expect((await session.decode({ maxTokens: 2 })).tokens).toEqual(greedy.slice(0, 2));
  });

  test('works without a delegate', async () => {
    const session = await loadSession(outsideDelegate);
    await session.prefill([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // What PyTorch computes for fixtures/outside_delegate.py.
    const expected = [5, 2, 26, 26, 26, 6, 25, 6, 26, 20, 26, 6];
    expect((await session.decode({ maxTokens: 12 })).tokens).toEqual(expected);
  });
});
