/** node_modules as the lock file has it. Install scripts are not run: every binary we use comes as a package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSmallFile } from '../files.mjs';

/** npm writes this file last, so it is there only after a whole install. */
const installedLock = (folder) => join(folder, 'node_modules', '.package-lock.json');

const readPackages = (path) => JSON.parse(readFileSync(path, 'utf8')).packages;

/** Whether every package that the lock file asks for is installed in its version. */
export function matchesLock(folder) {
  try {
    const installed = readPackages(installedLock(folder));
    return Object.entries(readPackages(join(folder, 'package-lock.json'))).every(
      ([path, wanted]) => path === '' || wanted.optional || installed[path]?.version === wanted.version,
    );
  } catch {
    return false;
  }
}

/**
 * `npm`: its command. `ci` refuses a lock file that lacks other platforms' packages, and npm leaves those out where the registry
 * does not have them; `install` takes such a file's versions too.
 * @returns {import('../runner.mjs').Step}
 */
export function npmStep({ id, title, folder, diskBytes, npm = ['ci'] }) {
  return {
    id,
    title,
    scope: 'tree',
    diskBytes,
    diskAt: folder,
    inputs: (paths) => [hashSmallFile(join(folder(paths), 'package-lock.json')), process.versions.modules],
    outputs: (paths) => [installedLock(folder(paths))],
    isCurrent: (paths) => matchesLock(folder(paths)),
    async run({ paths, command }) {
      await command('npm', [...npm, '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder(paths) });
    },
  };
}

export const nodePackages = npmStep({
  id: 'node-packages',
  title: 'Node packages',
  folder: (paths) => paths.root,
  diskBytes: 600e6,
});
