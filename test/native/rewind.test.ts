import { describe, expect, test } from 'vitest';
import { codeOf } from './support/errors';
import { loadSession, reference } from './support/fixtures';

const { prompt, greedy, rewind } = reference('tiny-gemma3');

describe('rewind', () => {
  test('continues from an earlier position as if nothing had come after', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    await session.decode({ maxTokens: 40 });
    expect(session.rewind(rewind.to)).toBe(rewind.to);
    expect(session.position).toBe(rewind.to);
    await session.prefill(rewind.then);
    expect((await session.decode({ maxTokens: 16 })).tokens).toEqual(rewind.greedy);
  });

  test('to every position, further back than the sliding window', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    await session.decode({ maxTokens: 60 });
    for (const position of [prompt.length, 71, 48, 25, 16, 1, 0]) {
      expect(session.rewind(position)).toBe(position);
      await session.prefill(prompt.slice(position).concat(position === prompt.length ? [greedy[0]!] : []));
      const { tokens } = await session.decode({ maxTokens: 6 });
      expect(tokens).toEqual(position === prompt.length ? greedy.slice(1, 7) : greedy.slice(0, 6));
    }
  });

  test('never goes forward', async () => {
    const session = await loadSession();
    await session.prefill([1, 2, 3]);
    expect(session.rewind(50)).toBe(3);
  });

  test('forgets the pending token and the logits', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    await session.decode({ maxTokens: 2 });
    expect(session.rewind(session.position)).toBe(prompt.length + 1);
    expect(await codeOf(() => session.decode({ maxTokens: 1 }))).toBe('invalid_argument');
    await session.prefill([greedy[1]!]);
    expect((await session.decode({ maxTokens: 1 })).tokens).toEqual([greedy[2]]);
  });

  test('refuses what is no position, and a session at work', async () => {
    const session = await loadSession();
    for (const position of [-1, 1.5, Number.NaN, '1', undefined]) {
      expect(await codeOf(() => session.rewind(position as number))).toBe('invalid_argument');
    }
    const working = session.prefill(prompt);
    expect(await codeOf(() => session.rewind(0))).toBe('invalid_argument');
    await working;
    session.rewind(0);
  });
});
