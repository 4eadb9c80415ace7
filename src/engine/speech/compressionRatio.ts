import { deflateSync } from 'node:zlib';

/** Of the token ids in two bytes each, as transformers measures it: what repeats itself compresses well. */
export function compressionRatio(tokens: readonly number[]): number {
  const bytes = Buffer.alloc(2 * tokens.length);
  tokens.forEach((token, i) => bytes.writeUInt16LE(token, 2 * i));
  return tokens.length === 0 ? 0 : bytes.length / deflateSync(bytes).length;
}
