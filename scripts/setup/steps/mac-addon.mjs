/** The Mac's addon, cross-compiled on Linux with zig against the official Mac libraries, into dist/native/darwin-arm64. */
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { libCxx, knownLibCxx } from '../../macho/systemLibraries.mjs';
import { writeStub } from '../../macho/textStub.mjs';
import { hashTree, replaceFolder } from '../files.mjs';
import * as pins from '../pins.mjs';
import { compiled, describe } from './addon.mjs';
import { cmakePath, ninjaPath, wheelStep } from './native-libraries.mjs';

export const zigCompiler = wheelStep({
  id: 'zig',
  title: "Compiler for the Mac's addon (zig)",
  folder: (paths) => dirname(dirname(paths.mac.zig)),
  packages: () => [pins.zig],
  outputs: (paths) => [paths.mac.zig],
  diskBytes: 700e6,
});

export const macExecutorchLibraries = wheelStep({
  id: 'executorch-darwin-arm64',
  title: "ExecuTorch's libraries for macOS",
  folder: (paths) => dirname(paths.mac.executorch),
  packages: () => [pins.executorch],
  outputs: (paths) => ['libexecutorch_backend_mlx.dylib', 'mlx.metallib'].map((name) => officialLibrary(paths, name)),
  diskBytes: 300e6,
  platform: () => 'darwin-arm64',
});

const officialLibrary = (paths, name) => join(paths.mac.executorch, 'lib', name);
const libCxxStub = (paths) => join(paths.mac.build, 'libc++.tbd');

const definitions = (paths) => ({
  CMAKE_BUILD_TYPE: 'Release',
  CMAKE_MAKE_PROGRAM: ninjaPath(paths),
  CMAKE_TOOLCHAIN_FILE: join(paths.root, 'native', 'cmake', 'darwin-arm64-zig.cmake'),
  EXECUTORCH_ROOT: paths.mac.executorch,
  PTERON_LIBCXX_STUB: libCxxStub(paths),
  PTERON_NODE: process.execPath,
  PTERON_ZIG: paths.mac.zig,
});

/** @type {import('../runner.mjs').Step} */
export const macAddon = {
  id: 'addon-darwin-arm64',
  title: 'Native addon for macOS, cross-compiled',
  scope: 'tree',
  diskBytes: 500e6,
  diskAt: (paths) => paths.root,
  inputs: async (paths) => [
    await hashTree(paths.root, ['native'], (file) => compiled.test(file)),
    await hashTree(paths.root, ['scripts/macho']),
    definitions(paths),
  ],
  outputs: (paths) => ['pteron.node', 'mlx.metallib'].map((name) => join(paths.mac.dist, name)),
  async run(context) {
    const { build, dist } = context.paths.mac;
    await compile(context);
    await replaceFolder(dist, (folder) =>
      context.command(cmakePath(context.paths), ['--install', build, '--component', 'addon', '--prefix', folder]),
    );
  },
};

async function compile({ paths, progress, command }) {
  const { build, zigCache, executorch } = paths.mac;
  if (!existsSync(join(build, 'build.ninja'))) await rm(build, { recursive: true, force: true });
  await mkdir(build, { recursive: true });
  await writeFile(libCxxStub(paths), writeStub(libCxx, knownLibCxx(join(executorch, 'lib'))));
  const options = {
    env: { ZIG_GLOBAL_CACHE_DIR: zigCache, ZIG_LOCAL_CACHE_DIR: zigCache },
    onLine: (line) => progress.text(describe(line)),
  };
  const defined = Object.entries(definitions(paths)).map(([name, value]) => `-D${name}=${value}`);
  await command(cmakePath(paths), ['-S', join(paths.root, 'native'), '-B', build, '-G', 'Ninja', ...defined], options);
  await command(cmakePath(paths), ['--build', build, '--parallel', String(availableParallelism())], options);
}
