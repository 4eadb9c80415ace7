import { describe, expect, test } from 'vitest';
import { codeOf, coded } from './support/errors';
import { load, loadSession, vocabulary } from './support/fixtures';

const tokens = (count: number) => Array.from({ length: count }, (_, i) => (i * 37 + 5) % vocabulary);

describe('prefill', () => {
  test.each([1, 15, 16, 17, 50])('%i tokens, in chunks of at most 16', async (count) => {
    const session = await loadSession();
    expect(await session.prefill(tokens(count))).toEqual({ position: count, cancelled: false });
    expect(session.position).toBe(count);
  });

  test('takes an Int32Array too, and the tokens of the moment of the call', async () => {
    const [array, same] = [await loadSession(), await loadSession()];
    const given = Int32Array.from(tokens(20));
    const done = array.prefill(given);
    given.fill(-1);
    await done;
    await same.prefill(tokens(20));
    expect(await array.decode({ maxTokens: 8 })).toEqual(await same.decode({ maxTokens: 8 }));
  });

  test('continues where an earlier one ended', async () => {
    const [whole, parts] = [await loadSession(), await loadSession()];
    await whole.prefill(tokens(40));
    await parts.prefill(tokens(40).slice(0, 13));
    await parts.prefill(tokens(40).slice(13));
    expect(await parts.decode({ maxTokens: 12 })).toEqual(await whole.decode({ maxTokens: 12 }));
  });

  test('nothing is nothing', async () => {
    const session = await loadSession();
    expect(await session.prefill([])).toEqual({ position: 0, cancelled: false });
    await session.prefill([3, 4]);
    expect(await session.prefill([])).toEqual({ position: 2, cancelled: false });
    expect((await session.decode({ maxTokens: 1 })).tokens).toHaveLength(1);
  });

  test('fills the context to its last token and no further', async () => {
    const session = (await load()).createSession({ contextLength: 20 });
    await expect(session.prefill(tokens(21))).rejects.toEqual(coded('prompt_too_long'));
    expect(session.position).toBe(0);
    await session.prefill(tokens(20));
    await expect(session.prefill([1])).rejects.toEqual(coded('prompt_too_long'));
    expect(session.position).toBe(20);
  });

  test('refuses what is no token, and goes on', async () => {
    const session = await loadSession();
    const wrong = [
      [-1],
      [vocabulary],
      [1.5],
      [Number.NaN],
      ['1'],
      [null],
      'ab',
      undefined,
      { length: 1 },
      new Float32Array(2),
    ];
    for (const value of [...wrong, Int32Array.of(-1), Int32Array.of(vocabulary)]) {
      expect(await codeOf(() => session.prefill(value as number[])), String(value)).toBe('invalid_argument');
    }
    expect(await codeOf(() => session.prefill([1], { signal: {} as AbortSignal }))).toBe('invalid_argument');
    expect(await codeOf(() => session.prefill([1], 5 as unknown as object))).toBe('invalid_argument');
    await session.prefill([1]);
  });
});
