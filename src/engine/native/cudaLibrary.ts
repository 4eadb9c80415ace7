/**
 * libmlx for NVIDIA GPUs. The addon asks for `libmlx.so`; one that is loaded already serves it, and both builds have the
 * same surface. So where set-up has fetched the CUDA build, and there is a driver, it is loaded first.
 */
import { existsSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { join } from 'node:path';
import { PteronError } from '../../protocol';

const package_ = 'mlx-cuda-13-0.32.4-linux-x64'; // as scripts/setup/paths.mjs names it
const driver = '/proc/driver/nvidia/version';
const keepLoaded = 0x1000; // RTLD_NODELETE: Node closes what turns out to be no addon

export interface CudaPlace {
  env: NodeJS.ProcessEnv;
  platform: string;
  driver: string;
  open: (path: string, flags: number) => void;
}

const here: CudaPlace = {
  env: process.env,
  platform: `${process.platform}-${process.arch}`,
  driver,
  open: (path, flags) => process.dlopen({ exports: {} }, path, flags),
};

/**
 * Loads it, unless PTERON_DEVICE names a CPU. Answers nothing where it is loaded or not wanted, else why the CPU has to do:
 * a wish that cannot be met, or a library that does not load.
 */
export function loadCudaLibrary({ env, platform, driver, open }: CudaPlace = here): PteronError | undefined {
  const wish = env.PTERON_DEVICE ?? '';
  if (platform !== 'linux-x64' || wish.startsWith('cpu')) return undefined;
  const cache = env.PTERON_CACHE || join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pteron');
  const folder = env.PTERON_CUDA || join(cache, package_);
  const library = join(folder, 'mlx', 'lib', 'libmlx.so');
  const wanted = wish === 'gpu' || Boolean(env.PTERON_CUDA);
  if (!existsSync(library)) {
    return wanted ? problem(`${library} is not there.`, 'Run `npm run setup -- cuda`.') : undefined;
  }
  if (!existsSync(driver)) return wanted ? problem('There is no NVIDIA driver.', 'Install one.') : undefined;
  env.CUDA_HOME ??= join(folder, 'nvidia', 'cu13'); // where libmlx looks for headers, for kernels it compiles
  try {
    open(library, constants.dlopen.RTLD_NOW | keepLoaded);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.includes('did not self-register')) return undefined; // no addon, and that is right
    return problem(`${library} does not load: ${message}`, 'Run `npm run setup -- cuda`, or set PTERON_DEVICE=cpu.');
  }
  return undefined;
}

const problem = (message: string, remedy: string) =>
  new PteronError('gpu_unavailable', `The CPU is used instead of an NVIDIA GPU: ${message}`, remedy);
