import { expect, test } from 'vitest';
import { load, outsideDelegate, tinyGemma } from './support/fixtures';

test('describes inputs and outputs with their upper bounds', async () => {
  const forward = (await load(tinyGemma)).methods.find(({ name }) => name === 'forward');
  expect(forward).toEqual({
    name: 'forward',
    inputs: [
      { kind: 'tensor', dtype: 'int64', shape: [1, 16] },
      { kind: 'tensor', dtype: 'int64', shape: [1] },
      { kind: 'tensor', dtype: 'int64', shape: [16] },
    ],
    outputs: [{ kind: 'tensor', dtype: 'float32', shape: [1, 16, 384] }],
    delegates: ['MLXBackend'],
  });
});

test('lists constants as methods without inputs', async () => {
  const { methods } = await load(outsideDelegate);
  const flag = methods.find(({ name }) => name === 'a_flag');
  expect(flag).toEqual({
    name: 'a_flag',
    inputs: [],
    outputs: [{ kind: 'bool', dtype: null, shape: [] }],
    delegates: [],
  });
});
