import type { Tensor } from '../../../src/engine/native/addonTypes';

export function int64(shape: readonly number[], values: readonly number[]): Tensor {
  return { dtype: 'int64', shape, data: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer) };
}

/** The inputs of a language model's forward. */
export function forwardInputs(tokens: readonly number[], position: number, keep: readonly number[]): Tensor[] {
  return [int64([1, tokens.length], tokens), int64([1], [position]), int64([keep.length], keep)];
}
