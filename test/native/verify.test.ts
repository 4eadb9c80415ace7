import { describe, expect, test } from 'vitest';
import type { NativeSampling, Session } from '../../src/engine/native/addonTypes';
import { codeOf } from './support/errors';
import { load, loadSession, reference, vocabulary } from './support/fixtures';

const { prompt, greedy } = reference('tiny-gemma3');
const other = (token: number) => (token + 1) % vocabulary;

/** A session whose pending token is the first of the continuation. */
async function afterOneToken(): Promise<Session> {
  const session = await loadSession();
  await session.prefill(prompt);
  await session.decode({ maxTokens: 1 });
  return session;
}

describe('verify', () => {
  test.each([0, 1, 3, 7, 15])('accepts a right draft of %i tokens and draws the next', async (length) => {
    const session = await afterOneToken();
    const result = await session.verify(greedy.slice(1, 1 + length));
    expect(result).toEqual({ accepted: length, next: greedy[1 + length] });
    expect(session.position).toBe(prompt.length + 1 + length);
    expect((await session.decode({ maxTokens: 4 })).tokens).toEqual(greedy.slice(2 + length, 6 + length));
  });

  test.each([0, 1, 4])('accepts the first %i tokens of a draft that goes wrong there', async (good) => {
    const session = await afterOneToken();
    const draft = greedy.slice(1, 8).map((token, i) => (i >= good ? other(token) : token));
    expect(await session.verify(draft)).toEqual({ accepted: good, next: greedy[1 + good] });
    expect(session.position).toBe(prompt.length + 1 + good);
    expect((await session.decode({ maxTokens: 6 })).tokens).toEqual(greedy.slice(2 + good, 8 + good));
  });

  test('works right after a prefill', async () => {
    for (const good of [0, 1, 5]) {
      const session = await loadSession();
      await session.prefill(prompt);
      const draft = greedy.slice(0, 5).map((token, i) => (i >= good ? other(token) : token));
      expect(await session.verify(draft)).toEqual({ accepted: good, next: greedy[good] });
      expect(session.position).toBe(prompt.length + good);
      expect((await session.decode({ maxTokens: 4 })).tokens).toEqual(greedy.slice(good + 1, good + 5));
    }
  });

  test('draws with a seed exactly what decode draws', async () => {
    const sampling: NativeSampling = { temperature: 1, topK: 40, seed: 3, repetitionPenalty: 1.1 };
    const plain = await loadSession();
    await plain.prefill(prompt);
    const expected = (await plain.decode({ maxTokens: 30, sampling })).tokens;
    const drafted = await loadSession();
    await drafted.prefill(prompt);
    const tokens: number[] = [];
    for (let round = 0; tokens.length < 30; round++) {
      // Drafts of several lengths, right up to a point that changes.
      const draft = expected.slice(tokens.length, tokens.length + (round % 4)).map((t, i) => (i === 2 ? other(t) : t));
      const { accepted, next } = await drafted.verify(draft, sampling);
      tokens.push(...draft.slice(0, accepted), next);
    }
    expect(tokens.slice(0, 30)).toEqual(expected);
  });

  test('cuts a draft at the end of the context', async () => {
    const session = (await load()).createSession({ contextLength: prompt.length + 3 });
    await session.prefill(prompt);
    await session.decode({ maxTokens: 1 });
    expect(await session.verify(greedy.slice(1, 9))).toEqual({ accepted: 2, next: greedy[3] });
    expect(session.position).toBe(prompt.length + 3);
    expect(await codeOf(() => session.verify([]))).toBe('prompt_too_long');
  });

  test('refuses drafts that do not fit, and goes on', async () => {
    const session = await afterOneToken();
    for (const draft of [Array<number>(16).fill(1), [-1], [vocabulary], 'abc', undefined]) {
      expect(await codeOf(() => session.verify(draft as number[]))).toBe('invalid_argument');
    }
    expect(await codeOf(() => session.verify([1], { temperature: -1 }))).toBe('invalid_argument');
    expect(await session.verify([])).toEqual({ accepted: 0, next: greedy[1] });
  });

  test('needs something to draw from', async () => {
    expect(await codeOf(async () => (await loadSession()).verify([1]))).toBe('invalid_argument');
  });
});
