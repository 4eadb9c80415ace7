import { describe, expect, it } from 'vitest';
import { formatNpy, parseNpy } from '../../../../src/engine/cli/npy';
import type { TensorDtype } from '../../../../src/engine/native/addonTypes';

/** As numpy.save writes it. */
function npy(header: string, data: Uint8Array): Buffer {
  const text = `${header.padEnd(117)}\n`;
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    Buffer.from([text.length, 0]),
    Buffer.from(text),
    data,
  ]);
}
const int64 = new Uint8Array(new BigInt64Array([1n, 2n, 3n]).buffer);

describe('.npy files', () => {
  it('reads what NumPy writes', () => {
    const tensor = parseNpy(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1, 3), }", int64));
    expect(tensor).toEqual({ dtype: 'int64', shape: [1, 3], data: int64 });
    expect(parseNpy(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", int64)).shape).toEqual([3]);
    expect(parseNpy(npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", Uint8Array.of(7))).shape).toEqual(
      [],
    );
  });

  it.each<[TensorDtype, number]>([
    ['float32', 4],
    ['float16', 2],
    ['int64', 8],
    ['int32', 4],
    ['int16', 2],
    ['int8', 1],
    ['uint8', 1],
    ['bool', 1],
  ])('writes %s so that it is read back, data at a multiple of 64', (dtype, size) => {
    const tensor = { dtype, shape: [2, 3], data: Uint8Array.from({ length: 6 * size }, (_, i) => i % 2) };
    const file = formatNpy(tensor);
    expect((file.length - 6 * size) % 64).toBe(0);
    expect(parseNpy(file)).toEqual(tensor);
  });

  it('widens bfloat16, which NumPy does not have, to float32', () => {
    const bf16 = new Uint8Array(new Uint16Array([0x3f80, 0xc000]).buffer); // 1, -2
    const file = parseNpy(formatNpy({ dtype: 'bfloat16', shape: [2], data: bf16 }));
    expect(file.dtype).toBe('float32');
    expect([...new Float32Array(file.data.slice().buffer)]).toEqual([1, -2]);
  });

  it.each([
    ['not a .npy file', Buffer.from('hello world, this is text')],
    ['an empty file', Buffer.alloc(0)],
    ['a truncated header', npy("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", int64).subarray(0, 40)],
    ['truncated data', npy("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", int64.subarray(0, 20))],
    ['Fortran order', npy("{'descr': '<i8', 'fortran_order': True, 'shape': (1, 3), }", int64)],
    [
      'an element type that programs do not take',
      npy("{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }", int64),
    ],
    ['big-endian numbers', npy("{'descr': '>i8', 'fortran_order': False, 'shape': (3,), }", int64)],
  ])('refuses %s', (_, file) => {
    expect(() => parseNpy(file)).toThrow();
  });
});
