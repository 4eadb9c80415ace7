import type { Tensor } from '../../../src/engine/native/addonTypes';

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0x1f) return mantissa ? Number.NaN : sign * Infinity;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15));
}

/** A tensor's elements as numbers. */
export function numbers({ dtype, data }: Tensor): number[] {
  const bytes = Uint8Array.from(data);
  switch (dtype) {
    case 'float32':
      return [...new Float32Array(bytes.buffer)];
    case 'bfloat16':
      return [...new Float32Array(Uint32Array.from(new Uint16Array(bytes.buffer), (bits) => bits << 16).buffer)];
    case 'float16':
      return Array.from(new Uint16Array(bytes.buffer), half);
    case 'int64':
      return Array.from(new BigInt64Array(bytes.buffer), Number);
    case 'int32':
      return [...new Int32Array(bytes.buffer)];
    case 'int16':
      return [...new Int16Array(bytes.buffer)];
    case 'int8':
      return [...new Int8Array(bytes.buffer)];
    default:
      return [...bytes];
  }
}

/** The largest |difference|; infinite where the lengths differ. */
export const difference = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), a.length === b.length ? 0 : Infinity);
