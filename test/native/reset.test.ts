import { expect, test } from 'vitest';
import { codeOf } from './support/errors';
import { loadSession, outsideDelegate, reference, tinyGemma } from './support/fixtures';

test.each([tinyGemma, outsideDelegate])('begins anew', async (path) => {
  const session = await loadSession(path);
  await session.prefill([1, 2, 3, 4, 5]);
  const first = await session.decode({ maxTokens: 10 });
  session.reset();
  expect(session.position).toBe(0);
  expect(await codeOf(() => session.decode({ maxTokens: 1 }))).toBe('invalid_argument');
  await session.prefill([1, 2, 3, 4, 5]);
  expect(await session.decode({ maxTokens: 10 })).toEqual(first);
});

test('may be called at any time but during a job', async () => {
  const session = await loadSession();
  session.reset();
  session.reset();
  const working = session.prefill(reference('tiny-gemma3').prompt);
  expect(await codeOf(() => session.reset())).toBe('invalid_argument');
  await working;
  session.reset();
  expect(session.position).toBe(0);
});
