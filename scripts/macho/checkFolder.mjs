/**
 * Whether a folder with an addon and its libraries would load on a Mac: every library is found, every symbol is in the
 * library that it is bound to, no path of the build machine is left, every signature fits, and all run on the oldest macOS.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { signatureProblem } from './codeSignature.mjs';
import { readMachO } from './machO.mjs';

const oldestSystem = 14;
const ofTheSystem = /^\/(usr\/lib|System\/Library\/Frameworks)\//;
const prefix = '@rpath/';

/**
 * @typedef {object} Surroundings
 * @property {Map<string, Set<string>>} system libraries whose symbols are known, by install name; where one of another is needed, the
 *   official libraries are believed, the addon is not
 * @property {Set<string>} host names that Node itself provides, with a leading underscore
 *
 * @param {string} folder
 * @param {Surroundings} surroundings
 * @returns {{ problems: string[], resolved: Record<string, number> }} symbols that were found, by where
 */
export function checkFolder(folder, { system, host }) {
  const files = readdirSync(folder).filter((name) => /\.(node|dylib)$/.test(name));
  const images = new Map(files.map((name) => [name, readMachO(join(folder, name))]));
  const problems = [];
  const resolved = {};
  for (const image of images.values()) {
    problems.push(...fileProblems(image, images).map((problem) => `${image.file} ${problem}`));
    for (const symbol of image.imports) {
      const where = provider(image, symbol, { images, system, host });
      if (where) resolved[where] = (resolved[where] ?? 0) + 1;
      else if (!symbol.weak) problems.push(`${image.file} needs ${symbol.name} of ${symbol.library ?? 'the host'}`);
    }
  }
  return { problems, resolved };
}

function fileProblems(image, images) {
  const [major] = image.minimumSystem ?? [Infinity];
  return [
    ...(major > oldestSystem ? [`needs macOS ${major}`] : []),
    ...image.libraries
      .filter((library) => !isFound(library, images))
      .map((library) => `needs ${library}, which is not there`),
    ...image.rpaths.filter((path) => !path.startsWith('@loader_path')).map((path) => `looks for libraries in ${path}`),
    ...(image.rpaths.includes('@loader_path') ? [] : ['does not look for libraries beside itself']),
    ...[signatureProblem(image)].filter((problem) => problem !== undefined),
  ];
}

const isFound = (library, images) =>
  library.startsWith(prefix) ? images.get(library.slice(prefix.length))?.id === library : ofTheSystem.test(library);

/** Where the symbol is found, for a statistic; undefined where it is not. */
function provider(image, { name, library }, { images, system, host }) {
  if (library === undefined) return host.has(name) ? 'host' : undefined;
  if (library.startsWith(prefix)) {
    return images.get(library.slice(prefix.length))?.exports.has(name) ? 'shipped' : undefined;
  }
  const known = system.get(library);
  if (known) return known.has(name) ? library : undefined;
  return image.file.endsWith('.dylib') && ofTheSystem.test(library) ? 'system, by the official library' : undefined;
}
