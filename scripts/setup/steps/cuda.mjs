/** libmlx for NVIDIA GPUs with the CUDA libraries that it needs: `npm run setup -- cuda`. */
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../errors.mjs';
import { replaceFolder } from '../files.mjs';
import { cuda } from '../pins.mjs';
import { unpackWheels } from '../wheels.mjs';

/** @type {import('../runner.mjs').Step} */
export const cudaLibrary = {
  id: 'cuda',
  title: 'MLX for NVIDIA GPUs',
  scope: 'cache',
  diskBytes: 6e9,
  inputs: (paths) => [paths.key, cuda.map(({ name, version, sha256 }) => [name, version, sha256])],
  outputs: (paths) => [join(paths.cuda, 'mlx', 'lib', 'libmlx.so'), join(paths.cuda, 'nvidia', 'cu13', 'include')],
  async run(context) {
    const { paths } = context;
    if (paths.key !== 'linux-x64') {
      throw new SetupError(
        'unsupported_platform',
        `There is no libmlx for NVIDIA GPUs on ${paths.key}.`,
        'A Mac needs none; on other machines Pteron runs on the CPU.',
      );
    }
    await replaceFolder(paths.cuda, async (folder) => {
      await unpackWheels(context, folder, cuda);
      await shareHeaders(folder);
    });
    return existsSync('/proc/driver/nvidia/version')
      ? 'used from the next start on'
      : 'there is no NVIDIA driver on this machine, so it is not used';
  },
};

/** Kernels that libmlx compiles include CUTLASS, which it looks for among CUDA's own headers. */
async function shareHeaders(folder) {
  const headers = join(folder, 'nvidia', 'cu13', 'include');
  for (const name of ['cute', 'cutlass']) await symlink(`../../../mlx/include/${name}`, join(headers, name));
}
