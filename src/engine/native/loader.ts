/** Finds and loads the native addon: PTERON_ADDON, or native/<platform>-<arch>/pteron.node beside the bundle. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PteronError } from '../../protocol';
import type { Addon } from './addonTypes';

/** @throws addon_missing where there is none for this platform, or it does not load */
export function loadAddon(): Addon {
  const path = addonCandidates().find((candidate) => existsSync(candidate));
  const remedy = 'Run `npm run setup`, or install the extension built for this platform.';
  if (path === undefined) {
    throw new PteronError(
      'addon_missing',
      `The native addon for ${process.platform}-${process.arch} is not there.`,
      remedy,
    );
  }
  try {
    return createRequire(path)(path) as Addon;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PteronError('addon_missing', `The native addon ${path} does not load: ${why}.`, remedy, { cause });
  }
}

function addonCandidates(): string[] {
  if (process.env.PTERON_ADDON) return [process.env.PTERON_ADDON];
  const folder = join('native', `${process.platform}-${process.arch}`, 'pteron.node');
  // Beside the bundle (dist/), or from the sources as the tests run them (src/engine/native/).
  return [join(__dirname, folder), join(__dirname, '..', '..', '..', 'dist', folder)];
}
