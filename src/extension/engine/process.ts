/** One engine process: forked from the editor's own executable, spoken to over the fork's IPC channel. */
import { fork, type ChildProcess } from 'node:child_process';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import { EngineRpc } from './rpc';

export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface EngineProcess {
  readonly pid: number | undefined;
  /** Not listening yet: the caller gives it its handlers first. */
  readonly rpc: EngineRpc;
  /** Settles once, when the process is gone (or could not be started). Never rejects. */
  readonly exited: Promise<EngineExit & { readonly cause?: Error }>;
  /** Ends the process at once; idempotent. */
  kill(): void;
}

export interface StartOptions {
  readonly modulePath: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What the engine writes to stdout or stderr (a native crash's last words), a line at a time. */
  readonly onOutput: (line: string) => void;
}

/** Forks the engine. Never throws: a failure to start settles `exited`. */
export function startEngineProcess({ modulePath, env, onOutput }: StartOptions): EngineProcess {
  const child = fork(modulePath, [], {
    // In the desktop editor the extension host's executable is Electron, which this variable turns into plain Node.
    env: { ...inheritedEnvironment(), ...env, ELECTRON_RUN_AS_NODE: '1' },
    execPath: process.execPath,
    execArgv: [],
    silent: true,
    serialization: 'json',
  });
  forwardLines(child, onOutput);
  const exited = new Promise<EngineExit & { cause?: Error }>((settle) => {
    child.once('exit', (code, signal) => settle({ code, signal }));
    child.once('error', (cause) => settle({ code: null, signal: null, cause }));
  });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  return { pid: child.pid, rpc: new EngineRpc(connection), exited, kill: () => void child.kill('SIGKILL') };
}

/** A debugger or loader flags meant for the editor must not reach the engine. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, VSCODE_INSPECTOR_OPTIONS: _inspector, ...rest } = process.env;
  return rest;
}

function forwardLines(child: ChildProcess, onOutput: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let pending = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (pending + chunk).split('\n');
      pending = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') onOutput(line);
    });
    stream?.on('end', () => {
      if (pending.trim() !== '') onOutput(pending);
    });
  }
}
