import { expect, test } from 'vitest';
import { codeOf, coded } from './support/errors';
import { load, loadSession, outsideDelegate } from './support/fixtures';

const poison = 49; // its logits are NaN

test('a failure leaves the session unusable until reset', async () => {
  const session = await loadSession(outsideDelegate);
  await session.prefill([poison]);
  await expect(session.decode({ maxTokens: 1 })).rejects.toEqual(coded('inference_failed'));
  for (const use of [() => session.prefill([1]), () => session.decode({ maxTokens: 1 }), () => session.verify([1])]) {
    await expect(use()).rejects.toEqual(coded('session_poisoned'));
  }
  session.rewind(0); // does not heal
  expect(await codeOf(() => session.prefill([1]))).toBe('session_poisoned');
  session.reset();
  await session.prefill([1]);
  expect((await session.decode({ maxTokens: 3 })).tokens).toHaveLength(3);
});

test('jobs queued behind the failure fail too', async () => {
  const session = await loadSession(outsideDelegate);
  await session.prefill([poison]);
  const codes = [session.decode({ maxTokens: 1 }), session.decode({ maxTokens: 1 })].map((job) => codeOf(() => job));
  expect(await Promise.all(codes)).toEqual(['inference_failed', 'session_poisoned']);
});

test('sampling meets NaN with the same error', async () => {
  const session = await loadSession(outsideDelegate);
  await session.prefill([poison]);
  expect(await codeOf(() => session.decode({ maxTokens: 1, sampling: { temperature: 1 } }))).toBe('inference_failed');
});

test('a wrong argument poisons nothing', async () => {
  const program = await load(outsideDelegate);
  const session = program.createSession({ contextLength: 8 });
  expect(await codeOf(() => session.prefill([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toBe('prompt_too_long');
  await session.prefill([1]);
});
