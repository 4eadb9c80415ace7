/** Opens an editor with Pteron in it: the desktop VS Code from this working tree, else code-server with the VSIX. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vsixPath } from '../package/vsix.mjs';
import { probe } from '../setup/command.mjs';
import { installVsix, startCodeServer } from './codeServer.mjs';

const macCode = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';
const usualPort = 8383;
const hint = 'Open fibonacci.py and type at the end of a line to see a completion.';

/** The command of a desktop VS Code, or undefined. A `code` that cannot say its version is none. */
export function findDesktopCode() {
  return [process.env.PTERON_CODE, 'code', macCode].find(
    (name) => name && probe(name, ['--version'], { timeout: 5000 }),
  );
}

/** Opens the samples in the desktop editor and returns; the editor lives on without us. */
export async function openDesktop(code, paths) {
  const args = ['--new-window', `--extensionDevelopmentPath=${paths.root}`, join(paths.root, 'samples')];
  const child = spawn(code, args, { stdio: 'inherit' });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  console.log(`\nVS Code is open with Pteron. ${hint}`);
}

/** A password that stays the same, so that a browser keeps its login; readable by its owner only. */
function readPassword(data) {
  mkdirSync(data, { recursive: true });
  const file = join(data, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(12).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/**
 * Serves code-server with Pteron on loopback and prints its address; stays until Ctrl-C.
 * Whoever reaches the port has a shell of this user, and other users of the machine reach loopback: hence the password.
 * @param {import('../setup/paths.mjs').Paths} paths
 * @param {import('./codeServer.mjs').Server} server
 * @param {{ password: boolean }} options
 */
export async function serveEditor(paths, server, options) {
  const data = join(paths.cache, 'editor');
  await installVsix(server, data, vsixPath(paths, paths.key));
  const password = options.password ? readPassword(data) : undefined;
  const folder = join(paths.root, 'samples');
  const running = await startCodeServer(server, data, {
    folder,
    port: usualPort,
    password,
    env: { PTERON_HOME: paths.home },
  });
  process.once('SIGINT', running.stop).once('SIGTERM', running.stop);
  console.log(`\nVS Code with Pteron: ${running.url}${password ? `   password: ${password}` : ''}`);
  console.log(`${hint} Ctrl-C here ends the server.`);
  await running.closed;
}
