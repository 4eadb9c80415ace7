/** code-server on loopback with Pteron's VSIX: used by `npm start` without a desktop VS Code, and by the benchmark. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from '../setup/errors.mjs';
import { hashFile, writeFileAtomic } from '../setup/files.mjs';

/** @typedef {{ node: string, entry: string }} Server the pinned Node and code-server's entry */

const quiet = [
  '--disable-telemetry',
  '--disable-update-check',
  '--disable-workspace-trust',
  '--disable-getting-started-override',
];

/** Everything code-server writes lies in `data`. */
function folderOptions(data) {
  mkdirSync(data, { recursive: true });
  const config = join(data, 'config.yaml');
  if (!existsSync(config)) writeFileSync(config, '');
  return ['--config', config, '--user-data-dir', join(data, 'user'), '--extensions-dir', join(data, 'extensions')];
}

/** @param {Server} server @param {string} data @param {string} vsix */
export async function installVsix(server, data, vsix) {
  const options = folderOptions(data);
  const stamp = join(data, 'installed-vsix');
  const hash = await hashFile(vsix);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const child = spawn(server.node, [server.entry, ...options, '--install-extension', vsix, '--force'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const status = await new Promise((resolve, reject) => child.on('close', resolve).on('error', reject));
  if (status !== 0) {
    throw new SetupError(
      'command_failed',
      `The extension could not be installed.\n${output}`,
      'Run npm run package and look at its output.',
    );
  }
  await writeFileAtomic(stamp, hash);
}

/** `wanted` if it is free on loopback, else any free port. */
function freePort(wanted) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))));
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * @param {Server} server
 * @param {string} data
 * @param {{ folder: string, port: number, password?: string, env?: Record<string, string> }} options
 * @returns {Promise<{ url: string, closed: Promise<void>, stop: () => Promise<void> }>} when it answers
 */
export async function startCodeServer(server, data, { folder, port: wanted, password, env }) {
  const port = await freePort(wanted);
  const args = [
    ...folderOptions(data),
    '--bind-addr',
    `127.0.0.1:${port}`,
    '--auth',
    password ? 'password' : 'none',
    ...quiet,
    folder,
  ];
  // A group of its own: extension hosts outlive a closed page, and are ended with it.
  const child = spawn(server.node, [server.entry, ...args], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, PASSWORD: password, ...env },
  });
  const closed = new Promise((resolve) => child.on('close', () => resolve()).on('error', () => resolve()));
  const stop = () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      // already gone
    }
    return closed;
  };
  const url = `http://127.0.0.1:${port}/`;
  try {
    await untilHealthy(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, closed, stop };
}

async function untilHealthy(url, child) {
  for (let attempt = 0; attempt < 150 && child.exitCode === null; attempt++) {
    const answer = await fetch(`${url}healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new SetupError(
    'command_failed',
    'code-server did not start.',
    'Run the same command again; npm run setup -- test installs it.',
  );
}
