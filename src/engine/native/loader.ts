/** Finds and loads the native addon: PTERON_ADDON, or native/<platform>-<arch>/pteron.node beside the bundle. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PteronError } from '../../protocol';
import type { Addon } from './addonTypes';
import { loadCudaLibrary } from './cudaLibrary';

/** What the addon is built for. ExecuTorch ships no libraries for Intel Macs. */
const platforms = ['darwin-arm64', 'linux-x64', 'linux-arm64'];

let gpuProblem_: PteronError | undefined;
let lookedForGpu = false;

/** Why the CPU is used although an NVIDIA GPU could be; known once the addon has been loaded. */
export const gpuProblem = () => gpuProblem_;

/** @throws addon_missing where there is none for this platform, or it does not load */
export function loadAddon(): Addon {
  const path = addonPath();
  if (!lookedForGpu) gpuProblem_ = loadCudaLibrary();
  lookedForGpu = true;
  try {
    return createRequire(path)(path) as Addon;
  } catch (cause) {
    throw missing(`The native addon ${path} does not load: ${reason(cause)}.`, cause);
  }
}

/** Where the addon lies. @throws addon_missing */
export function addonPath(): string {
  const override = process.env.PTERON_ADDON;
  if (override) {
    if (existsSync(override)) return override;
    throw missing(`PTERON_ADDON names ${override}, which is not there.`);
  }
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.includes(platform)) {
    throw new PteronError(
      'addon_missing',
      platform === 'darwin-x64'
        ? 'Pteron does not run on Macs with Intel processors.'
        : `Pteron does not run on ${platform}.`,
      'Use a Mac with Apple Silicon, or Linux.',
    );
  }
  const file = join('native', platform, 'pteron.node');
  // Beside the bundle (dist/), or from the sources as the tests run them (src/engine/native/).
  const candidates = [join(__dirname, file), join(__dirname, '..', '..', '..', 'dist', file)];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) throw missing(`The native addon for ${platform} is not there.`);
  return found;
}

function missing(message: string, cause?: unknown): PteronError {
  const remedy = 'Run `npm run setup`, or install the extension built for this platform.';
  return new PteronError('addon_missing', message, remedy, { cause });
}

const reason = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
