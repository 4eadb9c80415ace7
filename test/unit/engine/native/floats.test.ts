import { describe, expect, it } from 'vitest';
import type { TensorInfo } from '../../../../src/engine/native/addonTypes';
import { asBfloat16, tensorOfFloats } from '../../../../src/engine/native/floats';

const input = (dtype: TensorInfo['dtype'], ...shape: number[]): TensorInfo => ({ kind: 'tensor', dtype, shape });
const words = (dtype: TensorInfo['dtype'], ...values: number[]) => [
  ...new Uint16Array(tensorOfFloats(Float32Array.from(values), input(dtype, values.length)).data.buffer),
];

describe('numbers as a tensor', () => {
  it('keeps float32, and only the values of a view', () => {
    const whole = Float32Array.of(9, 1.5, -2, 9);
    const { dtype, shape, data } = tensorOfFloats(whole.subarray(1, 3), input('float32', 1, 2));
    expect({ dtype, shape }).toEqual({ dtype: 'float32', shape: [1, 2] });
    expect([...new Float32Array(data.buffer)]).toEqual([1.5, -2]);
  });

  it('rounds a float32 tensor of any shape to bfloat16', () => {
    const data = new Uint8Array(Float32Array.of(1, -2).buffer);
    const rounded = asBfloat16({ dtype: 'float32', shape: [2, 1], data });
    expect(rounded).toMatchObject({ dtype: 'bfloat16', shape: [2, 1] });
    expect([...new Uint16Array(rounded.data.buffer)]).toEqual([0x3f80, 0xc000]);
  });

  it('rounds to bfloat16, ties to even', () => {
    expect(words('bfloat16', 1, -2, 0, -0)).toEqual([0x3f80, 0xc000, 0, 0x8000]);
    // Half a step above 1 and above 1 + a step: down to the even one, up to the even one.
    expect(words('bfloat16', 1 + 2 ** -8, 1 + 2 ** -7 + 2 ** -8, 1 + 2 ** -8 + 2 ** -20)).toEqual([
      0x3f80, 0x3f82, 0x3f81,
    ]);
    expect(words('bfloat16', Infinity, Number.NaN, 3.4e38)).toEqual([0x7f80, 0x7fc0, 0x7f80]);
  });

  it('rounds to float16, ties to even', () => {
    expect(words('float16', 1, -2, 0, -0, 65504)).toEqual([0x3c00, 0xc000, 0, 0x8000, 0x7bff]);
    expect(words('float16', 1 + 2 ** -11, 1 + 2 ** -10 + 2 ** -11)).toEqual([0x3c00, 0x3c02]);
    expect(words('float16', 2 - 2 ** -12, 65520, -1e9, Number.NaN)).toEqual([0x4000, 0x7c00, 0xfc00, 0x7e00]);
    expect(words('float16', 2 ** -14, 2 ** -14 - 2 ** -24, 2 ** -24, 2 ** -25, 2 ** -26)).toEqual([
      0x0400, 0x03ff, 1, 0, 0,
    ]);
  });

  it('takes fewer values in one dimension only', () => {
    expect(tensorOfFloats(new Float32Array(3), input('float32', 8)).shape).toEqual([3]);
    for (const [count, shape] of [
      [3, [2, 2]],
      [9, [8]],
      [0, [8]],
    ] as const) {
      expect(() => tensorOfFloats(new Float32Array(count), input('float32', ...shape))).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      );
    }
  });

  it('refuses a program that takes whole numbers', () => {
    expect(() => tensorOfFloats(new Float32Array(1), input('int64', 1))).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });
});
