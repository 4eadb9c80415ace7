import { expect, test } from 'vitest';
import { codeOf } from './support/errors';
import { floats, loadSession, reference, tinyGemma } from './support/fixtures';
import { difference } from './support/numbers';

const { prompt, logits, tolerance } = reference('tiny-gemma3');

test('the logits are those after the last token prefilled, transformers’', async () => {
  const session = await loadSession(tinyGemma);
  const last = logits.find(({ position }) => position === prompt.length - 1)!;
  await session.prefill(prompt);
  expect(difference(session.logits(), floats(last.base64Float32))).toBeLessThanOrEqual(tolerance);
  const { tokens } = await session.decode({ maxTokens: 1 });
  expect(tokens[0]).toBe(floats(last.base64Float32).indexOf(Math.max(...floats(last.base64Float32))));
});

test('there are none before a prefill, after a rewind, behind a drawn token and during a job', async () => {
  const session = await loadSession();
  expect(await codeOf(() => session.logits())).toBe('invalid_argument');
  const running = session.prefill([1, 2, 3]);
  expect(await codeOf(() => session.logits())).toBe('invalid_argument');
  await running;
  expect(session.logits()).toHaveLength(384);
  session.rewind(2);
  expect(await codeOf(() => session.logits())).toBe('invalid_argument');
  await session.prefill([3]);
  await session.decode({ maxTokens: 1 });
  expect(await codeOf(() => session.logits())).toBe('invalid_argument');
  session.dispose();
  expect(await codeOf(() => session.logits())).toBe('disposed');
});
