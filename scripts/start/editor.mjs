/** Opens an editor with Pteron in it: the desktop VS Code from this working tree, else code-server with the VSIX. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { vsixPath } from '../package/vsix.mjs';
import { probe } from '../setup/command.mjs';
import { SetupError } from '../setup/errors.mjs';
import { hashFile, writeFileAtomic } from '../setup/files.mjs';

const macCode = '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code';

/** The command of a desktop VS Code, or undefined. A `code` that cannot say its version is none. */
export function findDesktopCode() {
  return [process.env.PTERON_CODE, 'code', macCode].find(
    (name) => name && probe(name, ['--version'], { timeout: 5000 }),
  );
}

/** Opens the sample in the desktop editor and returns at once; the editor lives on without us. */
export async function openDesktop(code, paths) {
  const sample = join(paths.root, 'samples');
  const child = spawn(code, ['--new-window', `--extensionDevelopmentPath=${paths.root}`, sample], { stdio: 'inherit' });
  await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  console.log(`\nVS Code is open with Pteron. In samples/fibonacci.py, type at the end of a line to see a completion.`);
}

/** A password that stays the same, so that a browser keeps its login; readable by its owner only. */
function readPassword(file) {
  if (!existsSync(file)) writeFileSync(file, randomBytes(12).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/** The wanted port of loopback if it is free, else any free one. */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', () => (wanted === 0 ? reject(new Error('No free port.')) : resolve(freePort(0))));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Runs code-server's node on its entry with `args`, in a process group of its own. */
function codeServer(server, args, options) {
  return spawn(server.node, [server.entry, ...args], { detached: true, ...options });
}

async function installVsix(server, folders, vsix) {
  const stamp = join(folders.data, 'installed-vsix');
  const hash = await hashFile(vsix);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const child = codeServer(server, [...folders.args, '--install-extension', vsix, '--force'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const status = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (status !== 0)
    throw new SetupError(
      'command_failed',
      `The extension could not be installed.\n${output}`,
      'Run npm run package and look at its output.',
    );
  await writeFileAtomic(stamp, hash);
}

/**
 * Serves code-server with Pteron on loopback and prints its address. Stays until the user ends it.
 * @param {import('../setup/paths.mjs').Paths} paths
 * @param {{ node: string, entry: string }} server
 * @param {{ password: boolean }} options
 */
export async function serveEditor(paths, server, options) {
  const data = join(paths.cache, 'editor');
  mkdirSync(data, { recursive: true });
  const config = join(data, 'config.yaml');
  writeFileSync(config, '');
  const folders = {
    data,
    args: ['--config', config, '--user-data-dir', join(data, 'user'), '--extensions-dir', join(data, 'extensions')],
  };
  await installVsix(server, folders, vsixPath(paths, paths.key));
  const port = await freePort(8383);
  const password = options.password ? readPassword(join(data, 'password')) : undefined;
  const child = codeServer(
    server,
    [
      ...folders.args,
      ...['--bind-addr', `127.0.0.1:${port}`, '--auth', password ? 'password' : 'none'],
      ...[
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-workspace-trust',
        '--disable-getting-started-override',
      ],
      join(paths.root, 'samples'),
    ],
    { stdio: 'ignore', env: { ...process.env, PASSWORD: password, PTERON_HOME: paths.home } },
  );
  await stayUntilEnd(child, async () => {
    await untilHealthy(port, child);
    console.log(`\nVS Code with Pteron: http://127.0.0.1:${port}/${password ? `   password: ${password}` : ''}`);
    console.log('Open fibonacci.py and type at the end of a line to see a completion. Ctrl-C here ends the server.');
  });
}

async function untilHealthy(port, child) {
  for (let attempt = 0; attempt < 150 && child.exitCode === null; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new SetupError(
    'command_failed',
    'code-server did not start.',
    'Run npm start again; if it fails again, npm run setup -- test.',
  );
}

/** Extension hosts outlive a closed page, so the whole group is ended with us. */
async function stayUntilEnd(child, whenStarted) {
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // already gone
    }
  };
  const closed = new Promise((resolve) => child.on('close', resolve));
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    await whenStarted();
    await closed;
  } finally {
    end();
  }
}
