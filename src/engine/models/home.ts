import { homedir } from 'node:os';
import { join } from 'node:path';

/** The model store's folder: PTERON_HOME, or the platform's place for application data. */
export function resolveHome(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  if (env.PTERON_HOME) return env.PTERON_HOME;
  const user = env.HOME ?? homedir();
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', 'pteron');
  return join(env.XDG_DATA_HOME ?? join(user, '.local', 'share'), 'pteron');
}
