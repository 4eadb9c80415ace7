/** A PulseAudio server of the test's own, with virtual microphones: what is played into one is heard from it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SoundServer {
  /** What a process needs to hear from it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Adds a virtual microphone; its name is `Monitor of <name>`. */
  plugIn(name: string): Promise<void>;
  pullOut(name: string): Promise<void>;
  makeDefault(name: string): Promise<void>;
  /** Resolves when all of the file was played. */
  play(file: string, name: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startSoundServer(): Promise<SoundServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pteron-sound-'));
  const socket = join(folder, 'native');
  // Nothing of a server that the machine may have.
  const own = { XDG_RUNTIME_DIR: folder, XDG_CONFIG_HOME: folder, PULSE_SERVER: `unix:${socket}` };
  const env = { ...process.env, ...own };
  const options = ['-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--log-level=error'];
  const server = spawn(
    'pulseaudio',
    [...options, '-L', `module-native-protocol-unix socket=${socket} auth-anonymous=1`],
    { env: { ...env, HOME: folder, PULSE_SERVER: '' }, stdio: 'ignore' },
  );
  const control = async (...args: string[]) => (await run('pactl', args, { env })).stdout.trim();
  await untilReady(server, () => control('info'));
  const modules = new Map<string, string>();
  return {
    environment: own,
    async plugIn(name) {
      const properties = `sink_properties=device.description=${name}`;
      modules.set(name, await control('load-module', 'module-null-sink', `sink_name=${name}`, properties));
    },
    pullOut: async (name) => void (await control('unload-module', modules.get(name)!)),
    makeDefault: async (name) => void (await control('set-default-source', `${name}.monitor`)),
    play: async (file, name) => void (await run('paplay', ['-d', name, '--latency-msec=500', file], { env })),
    async stop() {
      server.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(server: ChildProcess, isReady: () => Promise<unknown>): Promise<void> {
  let failed: Error | undefined;
  server.once('error', (error) => (failed = error));
  for (let attempt = 0; attempt < 100; attempt++) {
    if (failed) throw failed;
    if (await isReady().then(() => true, () => false)) return; // prettier-ignore
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('PulseAudio does not start.');
}
