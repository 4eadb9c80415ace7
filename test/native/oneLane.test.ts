/** A delegate without session functions, as a future MLX library of macOS may be: one state a program, but the same results. */
import { afterAll, expect, test } from 'vitest';
import { codeOf } from './support/errors';

// Before the addon asks for it, which it does once; every test file has a process of its own.
process.env.PTERON_LANES = 'one';
const { contextLength, load, loadSession, outsideDelegate, reference, tinyLlama } = await import('./support/fixtures');
afterAll(() => delete process.env.PTERON_LANES);

const { prompt, greedy, rewind } = reference('tiny-llama');

test('a session decodes, goes back and begins again as with lanes', async () => {
  const session = await loadSession(tinyLlama);
  for (let round = 0; round < 2; round++) {
    await session.prefill(prompt);
    expect((await session.decode({ maxTokens: greedy.length })).tokens).toEqual(greedy);
    expect(session.rewind(rewind.to)).toBe(rewind.to);
    await session.prefill(rewind.then);
    expect((await session.decode({ maxTokens: rewind.greedy.length })).tokens).toEqual(rewind.greedy);
    session.reset();
  }
});

test('a program serves one session at a time, and the next one starts clean', async () => {
  const program = await load(tinyLlama);
  const first = program.createSession({ contextLength });
  expect(await codeOf(() => program.createSession({ contextLength }))).toBe('program_unsupported');
  await first.prefill([9, 8, 7, 6, 5, 4, 3, 2]);
  first.dispose();
  await program.run('get_vocab_size', []).catch(() => undefined); // behind the disposal in the queue
  const second = program.createSession({ contextLength });
  await second.prefill(prompt);
  expect((await second.decode({ maxTokens: greedy.length })).tokens).toEqual(greedy);
});

test('programs without a delegate are as before', async () => {
  const session = await loadSession(outsideDelegate);
  await session.prefill([1, 2, 3]);
  expect(session.position).toBe(3);
});
