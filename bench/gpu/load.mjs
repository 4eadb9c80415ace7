// `node --import`: libmlx for NVIDIA before the addon, as src/engine/native/cudaLibrary.ts does it.
import { constants } from 'node:os';
import { join } from 'node:path';

const keepLoaded = 0x1000; // RTLD_NODELETE
try {
  process.dlopen(
    { exports: {} },
    join(process.env.PTERON_CUDA, 'mlx/lib/libmlx.so'),
    constants.dlopen.RTLD_NOW | keepLoaded,
  );
} catch (error) {
  if (!error.message.includes('did not self-register')) throw error;
}
