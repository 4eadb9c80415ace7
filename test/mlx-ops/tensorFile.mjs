// Upstream's binary file of tensors: a count, then for each its dtype, rank, sizes (uint32, int32) and elements.
import { readFileSync } from 'node:fs';

const DTYPES = ['float32', 'float16', 'int32', 'int64', 'bfloat16', 'bool', 'uint8'];
const BYTES = { float32: 4, float16: 2, int32: 4, int64: 8, bfloat16: 2, bool: 1, uint8: 1 };

/** Tensors as the addon takes them: `{dtype, shape, data: Uint8Array}`. */
export function readTensors(path) {
  const file = readFileSync(path);
  let at = 0;
  const next = () => file.readInt32LE((at += 4) - 4);
  return Array.from({ length: next() }, () => {
    const dtype = DTYPES[next()];
    const shape = Array.from({ length: next() }, next);
    const bytes = shape.reduce((count, size) => count * size, BYTES[dtype]);
    // A copy, so that typed arrays over it are aligned.
    const data = new Uint8Array(file.subarray(at, at + bytes));
    at += bytes;
    return { dtype, shape, data };
  });
}

function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const single = new DataView(new ArrayBuffer(4));
function brain(bits) {
  single.setUint32(0, bits << 16);
  return single.getFloat32(0);
}

/** Elements as numbers (int64 exactly up to 2⁵³). */
export function numbersOf({ dtype, data }) {
  const { buffer } = data.byteOffset % 8 === 0 ? data : new Uint8Array(data);
  const offset = data.byteOffset % 8 === 0 ? data.byteOffset : 0;
  const view = (Type) => new Type(buffer, offset, data.byteLength / Type.BYTES_PER_ELEMENT);
  switch (dtype) {
    case 'float32':
      return Array.from(view(Float32Array));
    case 'float16':
      return Array.from(view(Uint16Array), half);
    case 'bfloat16':
      return Array.from(view(Uint16Array), brain);
    case 'int32':
      return Array.from(view(Int32Array));
    case 'int64':
      return Array.from(view(BigInt64Array), Number);
    case 'int16':
      return Array.from(view(Int16Array));
    case 'int8':
      return Array.from(view(Int8Array));
    default:
      return Array.from(data);
  }
}
