import { describe, expect, test } from 'vitest';
import { loadSession, reference } from './support/fixtures';

const { prompt, greedy } = reference('tiny-gemma3');

describe('an abort', () => {
  test('before the job does nothing', async () => {
    const session = await loadSession();
    const signal = AbortSignal.abort();
    expect(await session.prefill(prompt, { signal })).toEqual({ position: 0, cancelled: true });
    await session.prefill(prompt);
    expect(await session.decode({ maxTokens: 9, signal })).toEqual({ tokens: [], finish: 'cancelled' });
    expect((await session.decode({ maxTokens: 3 })).tokens).toEqual(greedy.slice(0, 3));
  });

  test('in mid-decode ends with the tokens so far, and the session goes on', async () => {
    const session = await loadSession();
    await session.prefill(prompt);
    const controller = new AbortController();
    let seen = 0;
    const onToken = () => {
      if (++seen === 5) controller.abort();
      return 'continue' as const;
    };
    const result = await session.decode({ maxTokens: 50, onToken, signal: controller.signal });
    expect(result).toEqual({ tokens: greedy.slice(0, 5), finish: 'cancelled' });
    expect((await session.decode({ maxTokens: 5 })).tokens).toEqual(greedy.slice(5, 10));
  });

  test('without onToken takes effect too', async () => {
    const session = await loadSession();
    await session.prefill([2]);
    const controller = new AbortController();
    const decode = session.decode({ maxTokens: 159, signal: controller.signal });
    setImmediate(() => controller.abort());
    const { tokens, finish } = await decode;
    if (finish === 'length')
      expect(tokens).toHaveLength(159); // it was faster
    else expect(finish).toBe('cancelled');
  });

  test('in mid-prefill stops between chunks at a position from which the rest can follow', async () => {
    const long = [...prompt, ...prompt].slice(0, 140);
    for (let attempt = 0; attempt < 20; attempt++) {
      const session = await loadSession();
      const controller = new AbortController();
      const prefill = session.prefill(long, { signal: controller.signal });
      setTimeout(() => controller.abort(), attempt % 4);
      const { position, cancelled } = await prefill;
      expect(cancelled).toBe(position < long.length);
      expect(session.position).toBe(position);
      expect(position === long.length || position % 16 === 0).toBe(true);
      await session.prefill(long.slice(position));
      const whole = await loadSession();
      await whole.prefill(long);
      expect(await session.decode({ maxTokens: 6 })).toEqual(await whole.decode({ maxTokens: 6 }));
    }
  });

  test('leaves no listener behind on a signal that outlives the job', async () => {
    const session = await loadSession();
    const { signal } = new AbortController();
    let listeners = 0;
    const [add, remove] = [signal.addEventListener.bind(signal), signal.removeEventListener.bind(signal)];
    signal.addEventListener = (...values: Parameters<typeof add>) => (listeners++, add(...values));
    signal.removeEventListener = (...values: Parameters<typeof remove>) => (listeners--, remove(...values));
    await session.prefill([1], { signal });
    await session.decode({ maxTokens: 2, signal });
    await session.decode({ maxTokens: 2, signal, sampling: { temperature: -1 } }).catch(() => undefined);
    expect(listeners).toBe(0);
  });
});
