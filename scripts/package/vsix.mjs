/** The VSIX of one platform, as a set-up step: built when something that ships has changed. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, SetupError } from '../setup/errors.mjs';
import { hashSmallFile, hashTree, partialName } from '../setup/files.mjs';
import { writeNotices } from './notices.mjs';
import { recorderLibraries } from './recorder.mjs';

const documents = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore'];

/** What may be inside, besides the documents. Sources, tests and node_modules may not. */
const allowed = [
  /^dist\/(capture\/)?[a-z]+\.cjs$/,
  /^dist\/lib\/\w+\/\w+\/pv_recorder\.node$/,
  /^dist\/export\/[\w/]+\.(py|txt)$/,
  /^dist\/webview\/[a-z]+\.(js|css)$/,
  /^dist\/native\//,
  /^media\/[a-z]+\.(svg|png|woff)$/,
];

export const vsixPath = (paths, target) => join(paths.root, 'out', `pteron-${target}.vsix`);

/** .vscodeignore for one platform: dist/native and dist/lib may hold the libraries of several. */
export async function writeIgnoreFile(paths, target) {
  const ignore = join(paths.root, 'build', `vscodeignore-${target}`);
  const common = await readFile(join(paths.root, '.vscodeignore'), 'utf8');
  await mkdir(join(paths.root, 'build'), { recursive: true });
  const recorder = recorderLibraries[target];
  const named = common
    .replace('dist/native/**', `dist/native/${target}/**`)
    .replace('!dist/lib/**\n', recorder ? `!dist/${recorder}\n` : '');
  await writeFile(ignore, named);
  return ignore;
}

/** The files that vsce would pack, checked against what may ship. @returns {Promise<string[]>} */
async function filesToShip(vsce, paths, target, ignoreFile) {
  const files = await vsce.listFiles({ cwd: paths.root, packageManager: vsce.PackageManager.None, ignoreFile });
  const wrong = files.filter(
    (file) => ![...documents, 'ThirdPartyNotices.txt'].includes(file) && !allowed.some((pattern) => pattern.test(file)),
  );
  if (wrong.length > 0) throw new Error(`These must not ship: ${wrong.slice(0, 10).join(', ')}. Mend .vscodeignore.`);
  const isLibrary = (file) => file.startsWith('dist/native/') || file.startsWith('dist/lib/');
  const own = (file) => file.startsWith(`dist/native/${target}/`) || file === `dist/${recorderLibraries[target]}`;
  const foreign = files.filter((file) => isLibrary(file) && !own(file));
  if (foreign.length > 0) throw new Error(`Libraries of another platform: ${foreign[0]}. Mend .vscodeignore.`);
  return files;
}

/** @param {string} target `<platform>-<arch>`, as VS Code names it. @returns {import('../setup/runner.mjs').Step} */
export function vsixStep(target) {
  return {
    id: `vsix-${target}`,
    title: `VSIX for ${target}`,
    scope: 'tree',
    diskBytes: 300e6,
    diskAt: (paths) => paths.root,
    inputs: async (paths) => [
      await hashTree(
        paths.root,
        ['dist', 'media', 'scripts/package'],
        (file) => !file.startsWith('native/') || file.startsWith(`native/${target}/`),
      ),
      documents.map((file) => hashSmallFile(join(paths.root, file))),
    ],
    outputs: (paths) => [vsixPath(paths, target)],
    async run({ paths, progress, command }) {
      const addon = join(paths.root, 'dist', 'native', target, 'pteron.node');
      if (!existsSync(addon)) throw missingAddon(target, paths.key);
      progress.text('collecting licence notices');
      await writeNotices(paths, target);
      const { default: vsce } = await import('@vscode/vsce');
      const ignoreFile = await writeIgnoreFile(paths, target);
      const files = await filesToShip(vsce, paths, target, ignoreFile);
      progress.text(`packing ${files.length} files`);
      await mkdir(join(paths.root, 'out'), { recursive: true });
      const temporary = `${partialName(vsixPath(paths, target))}.vsix`;
      try {
        const vsceCommand = join(paths.root, 'node_modules', '@vscode', 'vsce', 'vsce');
        await command(process.execPath, [
          ...[vsceCommand, 'package', '--target', target, '--out', temporary, '--ignoreFile', ignoreFile],
          ...['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--skip-license'],
        ]);
        await rename(temporary, vsixPath(paths, target));
      } finally {
        await rm(temporary, { force: true });
      }
      return `${files.length} files, ${formatBytes((await stat(vsixPath(paths, target))).size)}`;
    },
  };
}

const missingAddon = (target, here) =>
  new SetupError(
    'tool_missing',
    `dist/native/${target} holds no addon.`,
    `Linux builds the addon of macOS too, but otherwise an addon is built on its own platform (this one is ${here}): run npm run package there, or copy its dist/native/${target} here.`,
  );
