/** Where the exporter, its environment and what it downloads lie. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { PteronError } from '../../protocol';

/** Pteron's cache: PTERON_CACHE, or the platform's place. scripts/setup and the exporter use the same. */
export function resolveCache(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.PTERON_CACHE) return env.PTERON_CACHE;
  const user = env.HOME ?? homedir();
  if (platform === 'darwin') return join(user, 'Library', 'Caches', 'pteron');
  return join(env.XDG_CACHE_HOME ?? join(user, '.cache'), 'pteron');
}

/** The folder with the package pteron_export and its requirements.txt: a clone's, or the copy beside the bundle. */
export function exporterFolder(): string {
  const candidates = [join(__dirname, '..', 'export'), join(__dirname, 'export'), join(__dirname, '../../../export')];
  const found = candidates.find((folder) => existsSync(join(folder, 'requirements.txt')));
  if (found !== undefined) return found;
  throw new PteronError('environment_failed', 'The exporter is not there.', 'Install Pteron again.');
}

/** The bundled command line, with which the exporter tries out what it made; undefined in a tree that is not built. */
export function commandLine(): string | undefined {
  return [join(__dirname, 'cli.cjs'), join(__dirname, '../../../dist/cli.cjs')].find((file) => existsSync(file));
}
