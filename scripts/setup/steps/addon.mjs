/** The native addon, built by cmake-js with the pinned CMake and ninja, installed with its libraries into dist/native. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { hashTree, replaceFolder } from '../files.mjs';
import { cmakePath, ninjaPath } from './native-libraries.mjs';

export const compiled = /\.(cpp|c|h|cmake|fbs|inc|mjs|json)$|CMakeLists\.txt$/;

/** The C++ tests are built with it: they share nearly all of its objects. */
const definitions = (paths) => [
  `CMAKE_MAKE_PROGRAM=${ninjaPath(paths)}`,
  `EXECUTORCH_ROOT=${paths.executorch}`,
  ...(paths.mlx ? [`MLX_ROOT=${paths.mlx}`] : []),
  ...(process.platform === 'darwin' ? ['CMAKE_OSX_DEPLOYMENT_TARGET=14.0'] : []), // as ExecuTorch's libraries
  'PTERON_CPU_TESTS=ON',
];

/** @type {import('../runner.mjs').Step} */
export const addon = {
  id: 'addon',
  title: 'Native addon',
  scope: 'tree',
  diskBytes: 1e9,
  diskAt: (paths) => paths.root,
  inputs: async (paths) => [await hashTree(paths.root, ['native'], (file) => compiled.test(file)), definitions(paths)],
  outputs: (paths) => [join(paths.nativeDist, 'pteron.node')],
  async run(context) {
    await compile(context);
    await replaceFolder(context.paths.nativeDist, (folder) =>
      context.command(cmakePath(context.paths), [
        '--install',
        context.paths.nativeBuild,
        '--component',
        'addon',
        '--prefix',
        folder,
      ]),
    );
  },
};

/** ninja rebuilds what changed. A build folder that an interruption left unconfigured is begun anew. */
async function compile({ paths, progress, command }) {
  if (!existsSync(join(paths.nativeBuild, 'build.ninja')))
    await rm(paths.nativeBuild, { recursive: true, force: true });
  const cmakeJs = join(paths.root, 'node_modules', 'cmake-js', 'bin', 'cmake-js');
  const options = ['-d', 'native', '-O', paths.nativeBuild, '-c', cmakePath(paths), '-G', 'Ninja'];
  options.push('-p', String(availableParallelism()), ...definitions(paths).map((definition) => `--CD${definition}`));
  // `compile` alone keeps a configured folder as it is, whatever the definitions are now.
  for (const action of ['configure', 'compile']) {
    await command(process.execPath, [cmakeJs, action, ...options], { onLine: (line) => progress.text(describe(line)) });
  }
}

/** '[12/80] Building CXX object …/qmm.cpp.o' → '12 of 80 · qmm.cpp' */
export function describe(line) {
  const match = /^\[(\d+)\/(\d+)\] (.*)$/.exec(line);
  if (!match) return line.slice(0, 60);
  const file = /([^/ ]+)\.o\b/.exec(match[3])?.[1] ?? match[3].slice(0, 40);
  return `${match[1]} of ${match[2]} · ${file}`;
}
