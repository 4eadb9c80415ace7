/** Numbers as the tensors that a program takes. */
import { PteronError } from '../../protocol';
import type { Tensor, TensorInfo } from './addonTypes';

/**
 * `values`, row-major, as the tensor that `input` describes: rounded to its dtype, and of its shape, or in one dimension of
 * their own length. @throws invalid_argument
 */
export function tensorOfFloats(values: Float32Array, input: TensorInfo): Tensor {
  const declared = input.shape.reduce((product, extent) => product * extent, 1);
  const isShorter = input.shape.length === 1 && values.length > 0 && values.length < declared;
  if (values.length !== declared && !isShorter) {
    throw invalid(`${values.length} values do not fit into [${input.shape.join(', ')}].`);
  }
  const data = encode(values, input);
  return { dtype: input.dtype!, shape: isShorter ? [values.length] : input.shape, data };
}

/** A float32 tensor rounded to bfloat16, which NumPy's files cannot hold. */
export function asBfloat16({ shape, data }: Tensor): Tensor {
  const values = new Float32Array(data.slice().buffer);
  return { dtype: 'bfloat16', shape, data: new Uint8Array(Uint16Array.from(bitsOf(values), toBfloat16).buffer) };
}

function encode(values: Float32Array, { dtype }: TensorInfo): Uint8Array {
  switch (dtype) {
    case 'float32':
      return new Uint8Array(values.slice().buffer);
    case 'bfloat16':
      return new Uint8Array(Uint16Array.from(bitsOf(values), toBfloat16).buffer);
    case 'float16':
      return new Uint8Array(Uint16Array.from(values, toFloat16).buffer);
    default:
      throw invalid(`The program takes ${dtype ?? 'no tensor'}, not numbers with fractions.`);
  }
}

const bitsOf = (values: Float32Array): Uint32Array => new Uint32Array(values.buffer, values.byteOffset, values.length);

/** The upper half, rounded to nearest, ties to even; a NaN stays one. */
function toBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return (bits >>> 16) | 0x40;
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** IEEE binary16, rounded to nearest, ties to even. */
function toFloat16(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return 0x7e00;
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = roundToEven(size / 2 ** (exponent - 10)); // in units of the last place
  // A mantissa that rounds up to the next power of two carries into the exponent by itself; below 2⁻¹⁴ there is no hidden bit.
  return sign | (size < 2 ** -14 ? steps : ((exponent + 14) << 10) + steps);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

const invalid = (message: string) => new PteronError('invalid_argument', message, 'Correct the call.');
