/** The compact form of a tokenizer as a file: a JSON header, then the tables as they lie in memory. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BpeTables } from './tables';

/** Changes whenever the layout does: older files are then built anew. */
const formatName = 'pteron-bpe-1';
const names = ['offsets', 'idSlots', 'merges', 'mergeSlots'] as const;

interface Header {
  readonly format: string;
  /** Which tokenizer.json this was made of, by size and time of change. */
  readonly source: string;
  /** tokenizer.json without vocabulary and merges. */
  readonly skeleton: unknown;
  readonly words: Readonly<Record<(typeof names)[number], number>>;
  readonly textBytes: number;
}

/** The tables made of `source`, or null where there is no such file, it is of another source, or it is damaged. */
export async function readTables(
  path: string,
  source: string,
): Promise<{ tables: BpeTables; skeleton: unknown } | null> {
  const file = await readFile(path).catch(() => null);
  if (!file || file.length < 4) return null;
  try {
    const headerEnd = 4 + file.readUInt32LE(0);
    const header = JSON.parse(file.toString('utf8', 4, headerEnd)) as Header;
    const size = names.reduce((sum, name) => sum + header.words[name] * 4, headerEnd + header.textBytes);
    if (header.format !== formatName || header.source !== source || size !== file.length) return null;
    let at = file.byteOffset + headerEnd;
    const take = (words: number) => {
      const array = new Uint32Array(file.buffer, at, words);
      at += words * 4;
      return array;
    };
    const [offsets, idSlots, merges, mergeSlots] = names.map((name) => take(header.words[name])) as Words;
    const text = new Uint8Array(file.buffer, at, header.textBytes);
    return { tables: { offsets, idSlots, merges, mergeSlots, text }, skeleton: header.skeleton };
  } catch {
    return null;
  }
}

type Words = [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** Writes beside the final name and renames: a reader never sees half a file. */
export async function writeTables(path: string, source: string, skeleton: unknown, tables: BpeTables): Promise<void> {
  const words = Object.fromEntries(names.map((name) => [name, tables[name].length])) as Header['words'];
  const header: Header = { format: formatName, source, skeleton, words, textBytes: tables.text.length };
  const text = Buffer.from(JSON.stringify(header));
  // Tables begin at a multiple of four bytes: the header is filled up with blanks.
  const padded = Buffer.concat([text, Buffer.alloc(-text.length & 3, ' ')]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(padded.length);
  const bytes = (array: Uint32Array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  await writeFile(partial, Buffer.concat([length, padded, ...names.map((name) => bytes(tables[name])), tables.text]));
  await rename(partial, path);
}
