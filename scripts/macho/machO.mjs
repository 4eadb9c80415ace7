/**
 * What Apple's loader sees of a 64-bit Mach-O file for arm64: libraries, search paths, imports, exports, system version.
 * Written from Apple's <mach-o/loader.h> and <mach-o/nlist.h>; fat files are refused, for none is shipped.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readExports } from './exportsTrie.mjs';

const magic64 = 0xfeedfacf;
const arm64 = 0x0100000c;

const commands = {
  0x2: 'symtab',
  0xc: 'library',
  0xd: 'id',
  0x1d: 'signature',
  0x22: 'dyldInfo',
  0x32: 'buildVersion',
  0x8000001c: 'rpath',
  0x8000001f: 'library', // re-exported
  0x80000018: 'library', // may be absent
  0x80000022: 'dyldInfo',
  0x80000033: 'exports',
};

/** What an import's library ordinal means where it is no index. */
const dynamicLookup = 0xfe;
const mainExecutable = 0xff;

/**
 * @typedef {object} Import
 * @property {string} name with its leading underscore
 * @property {string | undefined} library the install name it is bound to; undefined: whatever the process has loaded
 * @property {boolean} weak may stay unresolved
 *
 * @typedef {object} MachO
 * @property {string} file
 * @property {Buffer} bytes
 * @property {string | undefined} id the name under which others link it
 * @property {string[]} libraries install names, in the order of their ordinals
 * @property {string[]} rpaths
 * @property {Import[]} imports
 * @property {Set<string>} exports
 * @property {[number, number] | undefined} minimumSystem macOS version
 * @property {{ offset: number, size: number } | undefined} signature
 */

/** @param {string} path @returns {MachO} */
export function readMachO(path) {
  const bytes = readFileSync(path);
  const file = basename(path);
  if (bytes.length < 32 || bytes.readUInt32LE(0) !== magic64 || bytes.readUInt32LE(4) !== arm64) {
    throw new Error(`${file} is not a Mach-O file for arm64.`);
  }
  const found = loadCommands(bytes);
  const all = (wanted) => found.filter(({ kind }) => kind === wanted).map(({ at }) => at);
  const [system] = all('buildVersion');
  const libraries = all('library').map((at) => textAt(bytes, at));
  return {
    file,
    bytes,
    id: all('id').map((at) => textAt(bytes, at))[0],
    libraries,
    rpaths: all('rpath').map((at) => textAt(bytes, at)),
    imports: all('symtab').flatMap((at) => readImports(bytes, at, libraries)),
    exports: new Set(exportRanges(bytes, all).flatMap(({ offset, size }) => readExports(bytes, offset, size))),
    minimumSystem: system === undefined ? undefined : version(bytes.readUInt32LE(system + 12)),
    signature: all('signature').map((at) => range(bytes, at + 8))[0],
  };
}

function loadCommands(bytes) {
  const found = [];
  let at = 32;
  for (let n = bytes.readUInt32LE(16); n > 0; n--) {
    const kind = commands[bytes.readUInt32LE(at)];
    if (kind) found.push({ kind, at });
    at += bytes.readUInt32LE(at + 4);
  }
  return found;
}

const range = (bytes, at) => ({ offset: bytes.readUInt32LE(at), size: bytes.readUInt32LE(at + 4) });
const version = (packed) => [packed >>> 16, (packed >>> 8) & 0xff];

/** The string that a command holds at the offset in its third word. */
const textAt = (bytes, at) => cString(bytes, at + bytes.readUInt32LE(at + 8));
const cString = (bytes, at) => bytes.toString('utf8', at, bytes.indexOf(0, at));

/** In the command of its own that newer linkers write, or in the older one that holds all of the loader's data. */
const exportRanges = (bytes, all) => [
  ...all('exports').map((at) => range(bytes, at + 8)),
  ...all('dyldInfo').map((at) => range(bytes, at + 40)),
];

/** @returns {Import[]} */
function readImports(bytes, at, libraries) {
  const [symbols, count, strings] = [8, 12, 16].map((field) => bytes.readUInt32LE(at + field));
  const imports = [];
  for (let entry = symbols; entry < symbols + 16 * count; entry += 16) {
    const type = bytes[entry + 4];
    const isUndefined = (type & 0xe0) === 0 && (type & 0x0e) === 0 && (type & 0x01) !== 0;
    if (!isUndefined) continue;
    const description = bytes.readUInt16LE(entry + 6);
    const ordinal = description >>> 8;
    const flat = ordinal === dynamicLookup || ordinal === mainExecutable || ordinal === 0;
    imports.push({
      name: cString(bytes, strings + bytes.readUInt32LE(entry)),
      library: flat ? undefined : libraries[ordinal - 1],
      weak: (description & 0x40) !== 0,
    });
  }
  return imports;
}
