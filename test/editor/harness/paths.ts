/** Where the tests find what set-up prepared. */
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { workbenchPaths } from '../workbench/install.mjs';

export const root = join(import.meta.dirname, '..', '..', '..');
const cache = process.env['PTERON_CACHE'] || join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'pteron');
export const workbench = workbenchPaths(join(cache, 'code-server-4.139.1'));
export const home =
  process.env['PTERON_HOME'] || join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'pteron');
export const chromium = process.env['PTERON_CHROMIUM'] || '/usr/bin/chromium';

/** Screenshots are looked at by people; git ignores them. */
export const screenshots = join(root, 'test', 'editor', 'screenshots');
mkdirSync(screenshots, { recursive: true });

/** Fails with what to run, before anything is started. */
export function requirePrepared(): void {
  const missing = [workbench.entry, workbench.node, chromium, join(root, 'dist', 'extension.cjs')].filter(
    (path) => !existsSync(path),
  );
  if (missing.length > 0)
    throw new Error(`The editor tests need ${missing.join(', ')}: run \`npm run setup -- test\`.`);
}
