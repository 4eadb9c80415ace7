/** Text stubs (.tbd, version 4): what Apple's linker and zig's read in place of a system library. */
import { readFileSync } from 'node:fs';

/** The names that a stub lists for Apple Silicon, those of the libraries that it re-exports included. @returns {Set<string>} */
export function readStub(path) {
  const names = new Set();
  for (const [, targets, body] of readFileSync(path, 'utf8').matchAll(
    /- targets:\s*\[([^\]]*)\]([^]*?)(?=- targets:|^---|$(?![^]))/gm,
  )) {
    if (!/\barm64e?-macos\b/.test(targets)) continue;
    for (const [, list] of body.matchAll(/symbols:\s*\[([^\]]*)\]/g)) {
      for (const name of list.split(',')) names.add(name.trim().replaceAll(/^'|'$/g, ''));
    }
  }
  return names;
}

/** @param {string} installName @param {Iterable<string>} names */
export function writeStub(installName, names) {
  const list = [...names].sort().map((name) => `'${name}'`);
  return [
    '--- !tapi-tbd',
    'tbd-version: 4',
    'targets: [ arm64-macos ]',
    `install-name: '${installName}'`,
    'exports:',
    '  - targets: [ arm64-macos ]',
    `    symbols: [ ${list.join(', ')} ]`,
    '...\n',
  ].join('\n');
}
