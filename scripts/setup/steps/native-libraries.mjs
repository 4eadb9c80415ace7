/** The official ExecuTorch libraries, libmlx (Linux), and the build tools, each unpacked once into the cache. */
import { dirname, join } from 'node:path';
import { replaceFolder } from '../files.mjs';
import * as pins from '../pins.mjs';
import { unpackWheels } from '../wheels.mjs';

/** @returns {import('../runner.mjs').Step} */
export function wheelStep({ id, title, folder, packages, outputs, diskBytes, platform = (paths) => paths.key }) {
  return {
    id,
    title,
    scope: 'cache',
    diskBytes,
    inputs: (paths) => [platform(paths), packages(paths).map(({ name, version, sha256 }) => [name, version, sha256])],
    outputs,
    async run(context) {
      const wanted = packages(context.paths);
      if (wanted.length === 0) return 'nothing needed on this platform';
      await replaceFolder(folder(context.paths), (temporary) =>
        unpackWheels(context, temporary, wanted, platform(context.paths)),
      );
      return wanted.map(({ name, version }) => `${name} ${version}`).join(', ');
    },
  };
}

export const toolchain = wheelStep({
  id: 'toolchain',
  title: 'Build tools',
  folder: (paths) => paths.toolchain,
  packages: () => [pins.cmake, pins.ninja],
  outputs: (paths) => [cmakePath(paths), ninjaPath(paths)],
  diskBytes: 300e6,
});

/** The wheel's `bin/cmake` is a Python script; the program itself lies in its data. */
export const cmakePath = (paths) => join(paths.toolchain, 'cmake', 'data', 'bin', 'cmake');
export const ctestPath = (paths) => join(paths.toolchain, 'cmake', 'data', 'bin', 'ctest');
export const ninjaPath = (paths) => join(paths.toolchain, 'bin', 'ninja');

export const executorchLibraries = wheelStep({
  id: 'executorch',
  title: 'ExecuTorch libraries',
  folder: (paths) => dirname(paths.executorch),
  packages: () => [pins.executorch],
  outputs: (paths) => [join(paths.executorch, 'share', 'cmake'), join(paths.executorch, 'lib')],
  diskBytes: 300e6,
});

/** macOS needs none: its ExecuTorch library holds MLX. */
export const mlxLibrary = wheelStep({
  id: 'mlx',
  title: 'MLX library',
  folder: (paths) => dirname(paths.mlx),
  packages: (paths) => (paths.mlx ? [pins.mlxCpu] : []),
  outputs: (paths) => (paths.mlx ? [join(paths.mlx, 'lib'), join(paths.mlx, 'include')] : []),
  diskBytes: 150e6,
});
