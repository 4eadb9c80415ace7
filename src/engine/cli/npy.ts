/** NumPy's .npy files (format versions 1–3), little-endian and in C order. Source: numpy.lib.format. */
import type { Tensor, TensorDtype } from '../native/addonTypes';

const dtypes: Record<string, TensorDtype> = {
  '<f4': 'float32',
  '<f2': 'float16',
  '<i8': 'int64',
  '<i4': 'int32',
  '<i2': 'int16',
  '|i1': 'int8',
  '|u1': 'uint8',
  '|b1': 'bool',
};
const itemSizes: Record<TensorDtype, number> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
};
const magic = Buffer.from('\x93NUMPY', 'latin1');

/** @throws Error where the file is not a .npy file, is truncated, or has a dtype or order that programs do not take */
export function parseNpy(file: Buffer): Tensor {
  if (file.length < 12 || !file.subarray(0, 6).equals(magic)) throw new Error('it is not a .npy file');
  const wide = file[6]! >= 2;
  const headerStart = wide ? 12 : 10;
  const headerEnd = headerStart + (wide ? file.readUInt32LE(8) : file.readUInt16LE(8));
  if (headerEnd > file.length) throw new Error('its header is truncated');
  const header = file.toString('latin1', headerStart, headerEnd);
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const dims = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  const dtype = descr === undefined ? undefined : dtypes[descr];
  if (dtype === undefined || dims === undefined) throw new Error(`its element type ${descr ?? '?'} is not supported`);
  const shape = dims.split(',').flatMap((dim) => (dim.trim() === '' ? [] : [Number(dim)]));
  if (/'fortran_order':\s*True/.test(header) && shape.length > 1) throw new Error('it is in Fortran order');
  const bytes = shape.reduce((product, dim) => product * dim, itemSizes[dtype]);
  if (!Number.isSafeInteger(bytes) || headerEnd + bytes !== file.length)
    throw new Error('its size contradicts its header');
  return { dtype, shape, data: new Uint8Array(file.subarray(headerEnd)) };
}

/** A tensor as .npy; bfloat16, which NumPy lacks, is widened to float32. */
export function formatNpy(tensor: Tensor): Buffer {
  if (tensor.dtype === 'bfloat16') return formatNpy({ ...tensor, dtype: 'float32', data: widenBfloat16(tensor.data) });
  const descr = Object.keys(dtypes).find((key) => dtypes[key] === tensor.dtype)!;
  const shape = tensor.shape.length === 1 ? `${tensor.shape[0]},` : tensor.shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`;
  // The data begin at a multiple of 64 bytes; the header ends with a newline.
  const padding = (64 - ((10 + text.length + 1) % 64)) % 64;
  const header = Buffer.from(`${text}${' '.repeat(padding)}\n`, 'latin1');
  const preamble = Buffer.concat([magic, Buffer.from([1, 0, header.length & 0xff, header.length >> 8])]);
  return Buffer.concat([preamble, header, tensor.data]);
}

function widenBfloat16(data: Uint8Array): Uint8Array {
  const wide = new Uint8Array(data.length * 2);
  for (let i = 0; i < data.length; i += 2) {
    wide[2 * i + 2] = data[i]!;
    wide[2 * i + 3] = data[i + 1]!;
  }
  return wide;
}
