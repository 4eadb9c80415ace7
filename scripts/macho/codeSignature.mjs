/**
 * Whether a Mach-O file still is what its signature was made for. macOS on Apple Silicon ends a process that touches a page
 * whose hash differs, so a file that was changed after it was linked (a path removed, say) must be signed anew.
 * An ad-hoc signature holds hashes only: it says nothing of who made it, and needs no certificate.
 */
import { createHash } from 'node:crypto';

const superBlob = 0xfade0cc0;
const codeDirectory = 0xfade0c02;
const sha256 = 2;

/** @param {import('./machO.mjs').MachO} file @returns {string | undefined} what is wrong; undefined: nothing */
export function signatureProblem({ bytes, signature }) {
  if (!signature) return 'is not signed';
  const directory = findDirectory(bytes, signature.offset);
  if (directory === undefined) return 'has a signature without SHA-256 hashes';
  const word = (field) => bytes.readUInt32BE(directory + field);
  const [hashes, pages, limit] = [directory + word(16), word(28), word(32)];
  const pageBytes = 2 ** bytes[directory + 39];
  if (limit !== signature.offset) return 'has a signature for another length';
  for (let page = 0; page < pages; page++) {
    const content = bytes.subarray(page * pageBytes, Math.min((page + 1) * pageBytes, limit));
    const expected = bytes.subarray(hashes + 32 * page, hashes + 32 * (page + 1));
    if (!createHash('sha256').update(content).digest().equals(expected))
      return `was changed after it was signed (page ${page})`;
  }
  return pages * pageBytes >= limit ? undefined : 'has a signature for a part of it only';
}

/** Where the SHA-256 code directory lies; older systems' SHA-1 one may stand beside it. */
function findDirectory(bytes, at) {
  if (bytes.readUInt32BE(at) !== superBlob) return undefined;
  for (let n = 0; n < bytes.readUInt32BE(at + 8); n++) {
    const blob = at + bytes.readUInt32BE(at + 16 + 8 * n);
    if (bytes.readUInt32BE(blob) === codeDirectory && bytes[blob + 37] === sha256) return blob;
  }
  return undefined;
}
