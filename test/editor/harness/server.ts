/** One code-server with its own user data and workspace, in a process group of its own: extension hosts outlive pages. */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { until } from './until';
import { home, workbench } from './paths';

export interface ServerOptions {
  readonly extensionsFolder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The model store; the real one by default. */
  readonly home?: string;
  /** For the server, and with it the extension host and the engine. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Server {
  readonly url: string;
  readonly probeSocket: string;
  readonly workspace: string;
  /** The newest lines of what the server and the extension host logged. */
  logs(): string;
  stop(): Promise<void>;
}

/** Settings that keep the workbench still, so that only Pteron moves. */
const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Default Dark Modern',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'update.mode': 'none',
  'git.enabled': false,
  'chat.disableAIFeatures': false,
  'chat.commandCenter.enabled': false,
  'editor.minimap.enabled': false,
  'security.workspace.trust.enabled': false,
  'pteron.logLevel': 'debug',
};

export async function startServer(options: ServerOptions): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'pteron-workbench-'));
  const workspace = join(folder, 'project');
  write(workspace, options.files);
  write(join(folder, 'user', 'User'), { 'settings.json': JSON.stringify({ ...quiet, ...options.settings }, null, 2) });
  write(folder, { 'config.yaml': '' });
  const port = await freePort();
  const probeSocket = join(folder, 'probe.sock');
  const child = spawn(workbench.node, serverArguments(folder, workspace, port, options.extensionsFolder), {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env, PTERON_HOME: options.home ?? home, PTERON_PROBE_SOCKET: probeSocket },
  });
  const log = join(folder, 'server.log');
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => appendFileSync(log, data));
  const url = `http://127.0.0.1:${port}`;
  await until('code-server answers', async () => (await fetch(`${url}/healthz`)).ok, 60_000);
  return {
    url: `${url}/?folder=${encodeURIComponent(workspace)}`,
    probeSocket,
    workspace,
    logs: () => newestLogs(folder),
    stop: () => stop(child, folder),
  };
}

function serverArguments(folder: string, workspace: string, port: number, extensions: string): string[] {
  return [
    workbench.entry,
    ...[
      '--config',
      join(folder, 'config.yaml'),
      '--user-data-dir',
      join(folder, 'user'),
      '--extensions-dir',
      extensions,
    ],
    ...['--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', '--disable-telemetry', '--disable-update-check'],
    ...['--disable-workspace-trust', '--disable-getting-started-override', workspace],
  ];
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function newestLogs(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));
  return names
    .filter((name) => !/Authentication|Telemetry|ptyhost/.test(name))
    .map((name) => `── ${name}\n${readFileSync(join(folder, name), 'utf8').split('\n').slice(-40).join('\n')}`)
    .join('\n');
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const exited = new Promise((resolve) => child.once('exit', resolve));
  try {
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await exited;
  } catch {
    // already gone
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
