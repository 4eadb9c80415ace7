import { expect, test } from 'vitest';
import type { Tensor } from '../../src/engine/native/addonTypes';
import { codeOf, coded } from './support/errors';
import { load, outsideDelegate, tinyGemma, vocabulary } from './support/fixtures';
import { forwardInputs, int64 } from './support/int64';

const floatsOf = ({ data }: Tensor) => new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);

test('executes a method and copies its outputs', async () => {
  const program = await load(tinyGemma);
  const [logits] = await program.run('forward', forwardInputs([5, 6, 7], 0, [1, 2]));
  expect(logits).toMatchObject({ dtype: 'float32', shape: [1, 2, vocabulary] });
  expect(floatsOf(logits!).every(Number.isFinite)).toBe(true);
  const before = floatsOf(logits!).slice();
  await program.run('forward', forwardInputs([9], 3, [0]));
  expect(floatsOf(logits!)).toEqual(before);
});

test.each([
  ['MLX', tinyGemma],
  ['portable', outsideDelegate],
])('later calls see the state of earlier ones (%s)', async (_, path) => {
  const program = await load(path);
  const [whole] = await program.run('forward', forwardInputs([5, 6, 7, 8], 0, [3]));
  await program.run('forward', forwardInputs([5, 6], 0, [1]));
  const [split] = await program.run('forward', forwardInputs([7, 8], 2, [1]));
  const difference = floatsOf(whole!).map((value, i) => Math.abs(value - floatsOf(split!)[i]!));
  expect(Math.max(...difference)).toBeLessThan(1e-4);
});

test('runs of many jobs keep their order', async () => {
  const program = await load(outsideDelegate);
  const calls = Array.from({ length: 20 }, (_, i) => program.run('forward', forwardInputs([i], i, [0])));
  const chunked = await Promise.all(calls);
  const again = await load(outsideDelegate);
  for (let i = 0; i < 20; i++) {
    const [logits] = await again.run('forward', forwardInputs([i], i, [0]));
    expect(chunked[i]![0]).toEqual(logits);
  }
});

test('returns a constant method’s scalar as a tensor without dimensions', async () => {
  const program = await load(outsideDelegate);
  const [size] = await program.run('get_vocab_size', []);
  expect(size).toEqual(int64([], [50]));
});

test('refuses inputs that do not fit, and goes on', async () => {
  const program = await load(tinyGemma);
  const [tokens, position, keep] = forwardInputs([1, 2], 0, [1]) as [Tensor, Tensor, Tensor];
  const wrong: unknown[] = [
    undefined,
    'tensors',
    [],
    [tokens, position],
    [tokens, position, keep, keep],
    [null, position, keep],
    [{ ...tokens, dtype: 'float32' }, position, keep],
    [{ ...tokens, dtype: 'float12' }, position, keep],
    [{ ...tokens, dtype: 1 }, position, keep],
    [{ ...tokens, shape: [2] }, position, keep],
    [{ ...tokens, shape: [1, -2] }, position, keep],
    [{ ...tokens, shape: [1, 1.5] }, position, keep],
    [{ ...tokens, shape: [2147483647, 2147483647, 2147483647] }, position, keep],
    [{ ...tokens, data: tokens.data.subarray(1) }, position, keep],
    [{ ...tokens, data: [...tokens.data] }, position, keep],
    [int64([1, 17], Array<number>(17).fill(1)), position, keep],
    [tokens, int64([2], [0, 0]), keep],
  ];
  for (const inputs of wrong) {
    expect(await codeOf(() => program.run('forward', inputs as Tensor[]))).toBe('invalid_argument');
  }
  await program.run('forward', [tokens, position, keep]);
});

test('out-of-range values fail without harm', async () => {
  const program = await load(tinyGemma);
  for (const inputs of [
    forwardInputs([vocabulary], 0, [0]),
    forwardInputs([-1], 0, [0]),
    forwardInputs([1], 100_000, [0]),
    forwardInputs([1], -5, [0]),
    forwardInputs([1], 0, [7]),
  ]) {
    expect(await codeOf(() => program.run('forward', inputs))).toMatch(
      /^(inference_failed|invalid_argument|no error)$/,
    );
  }
  await program.run('forward', forwardInputs([1], 0, [0]));
});

test('refuses an unknown method', async () => {
  const program = await load(tinyGemma);
  await expect(program.run('backward', [])).rejects.toEqual(coded('invalid_argument'));
});

test('reads data at any offset of their buffer', async () => {
  const program = await load(outsideDelegate);
  const [tokens, position, keep] = forwardInputs([3, 4], 0, [1]) as [Tensor, Tensor, Tensor];
  const shifted = new Uint8Array(tokens.data.length + 3);
  shifted.set(tokens.data, 3);
  const odd = await program.run('forward', [{ ...tokens, data: shifted.subarray(3) }, position, keep]);
  expect(odd).toEqual(await program.run('forward', [tokens, position, keep]));
});
