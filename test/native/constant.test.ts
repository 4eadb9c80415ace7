import { expect, test } from 'vitest';
import { codeOf } from './support/errors';
import { load, outsideDelegate, tinyGemma } from './support/fixtures';

test('gives the constants that the exporter stored', async () => {
  const program = await load(tinyGemma);
  expect(program.constant('get_max_context_len')).toBe(160);
  expect(program.constant('get_max_seq_len')).toBe(16);
  expect(program.constant('get_max_logit_rows')).toBe(16);
  expect(program.constant('get_vocab_size')).toBe(384);
});

test('knows numbers, flags and lists', async () => {
  const program = await load(outsideDelegate);
  expect(program.constant('a_flag')).toBe(true);
  expect(program.constant('a_fraction')).toBe(0.5);
  expect(program.constant('a_list')).toEqual([1, 2, 3]);
});

test('is undefined where there is none, and for methods that compute', async () => {
  const program = await load(outsideDelegate);
  expect(program.constant('get_nothing')).toBeUndefined();
  expect(program.constant('forward')).toBeUndefined();
});

test('takes a string', async () => {
  const program = await load(outsideDelegate);
  expect(await codeOf(() => program.constant(7 as unknown as string))).toBe('invalid_argument');
});
