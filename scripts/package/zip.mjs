/** The files in a zip archive, as a VSIX is one. Archives of 4 GB and more have another format, which is refused. */
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

const endOfDirectory = 'PK\x05\x06';
const directoryEntry = 0x02014b50;

/** @param {string} path @returns {Map<string, Buffer>} name → content */
export function readZip(path) {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(endOfDirectory, undefined, 'latin1');
  if (end < 0) throw new Error(`${path} is not a zip archive.`);
  const files = new Map();
  let at = bytes.readUInt32LE(end + 16);
  for (let n = bytes.readUInt16LE(end + 10); n > 0; n--) {
    if (bytes.readUInt32LE(at) !== directoryEntry) throw new Error(`${path} has a damaged directory.`);
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field));
    files.set(bytes.toString('utf8', at + 46, at + 46 + name), contentOf(bytes, at));
    at += 46 + name + extra + comment;
  }
  return files;
}

function contentOf(bytes, entry) {
  const [size, local] = [20, 42].map((field) => bytes.readUInt32LE(entry + field));
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(start, start + size);
  return bytes.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed);
}
