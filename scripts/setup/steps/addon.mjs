/** The native addon, built by cmake-js with the pinned CMake and ninja, installed with its libraries into dist/native. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { hashTree, replaceFolder } from '../files.mjs';
import { cmakePath, ninjaPath } from './native-libraries.mjs';

const compiled = /\.(cpp|c|h|cmake|fbs|inc|mjs|json)$|CMakeLists\.txt$/;

/** @type {import('../runner.mjs').Step} */
export const addon = {
  id: 'addon',
  title: 'Native addon',
  scope: 'tree',
  diskBytes: 1e9,
  diskAt: (paths) => paths.root,
  inputs: async (paths) => [
    await hashTree(paths.root, ['native'], (file) => compiled.test(file)),
    paths.executorch,
    paths.mlx,
  ],
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
  progress.text('configuring');
  const definitions = [`CMAKE_MAKE_PROGRAM=${ninjaPath(paths)}`, `EXECUTORCH_ROOT=${paths.executorch}`];
  if (paths.mlx) definitions.push(`MLX_ROOT=${paths.mlx}`);
  await command(
    process.execPath,
    [
      join(paths.root, 'node_modules', 'cmake-js', 'bin', 'cmake-js'),
      ...['compile', '-d', 'native', '-O', paths.nativeBuild, '-c', cmakePath(paths), '-G', 'Ninja'],
      ...['-p', String(availableParallelism()), ...definitions.map((definition) => `--CD${definition}`)],
    ],
    { onLine: (line) => progress.text(describe(line)) },
  );
}

/** '[12/80] Building CXX object …/qmm.cpp.o' → '12 of 80 · qmm.cpp' */
export function describe(line) {
  const match = /^\[(\d+)\/(\d+)\] (.*)$/.exec(line);
  if (!match) return line.slice(0, 60);
  const file = /([^/ ]+)\.o\b/.exec(match[3])?.[1] ?? match[3].slice(0, 40);
  return `${match[1]} of ${match[2]} · ${file}`;
}
