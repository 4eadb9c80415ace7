/** The engine's end of the capture process: forked at first use, kept for the next, forked anew after a crash. */
import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Microphone, PteronError } from '../../../protocol';
import { microphoneDenied, microphoneUnavailable } from './errors';
import type { CaptureFailure, FromCapture, ToCapture } from './messages';

export interface CaptureSession {
  onMessage(message: Extract<FromCapture, { session?: number }>): void;
  /** The process is gone. */
  onExit(why: string): void;
}

/** A list takes milliseconds; a sound server that hangs would make one wait for ever. */
const listTimeoutMs = 5000;

export class CaptureProcess {
  #child: ChildProcess | undefined;
  #counter = 0;
  #session: { readonly number: number; readonly handler: CaptureSession } | undefined;
  readonly #lists = new Map<
    number,
    { resolve: (list: readonly Microphone[]) => void; reject: (error: Error) => void }
  >();

  constructor(private readonly modulePath = captureModule()) {}

  /** @throws microphone_unavailable, microphone_denied */
  async list(): Promise<readonly Microphone[]> {
    const request = ++this.#counter;
    const timeout = setTimeout(() => this.kill(), listTimeoutMs);
    try {
      return await new Promise((resolve, reject) => {
        this.#lists.set(request, { resolve, reject });
        this.#send({ type: 'list', request });
      });
    } finally {
      clearTimeout(timeout);
      this.#lists.delete(request);
      this.#keepAlive();
    }
  }

  /** Begins to record; ends a session before it. Returns the function that ends this one. */
  open(microphone: string | undefined, handler: CaptureSession): () => void {
    const number = ++this.#counter;
    this.#session = { number, handler };
    this.#send({ type: 'open', session: number, microphone });
    return () => {
      if (this.#session?.number !== number) return;
      this.#session = undefined;
      if (this.#child) this.#send({ type: 'close' });
    };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends a process that hangs; the session is told, as of a crash. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  dispose(): void {
    this.#session = undefined;
    this.#child?.kill();
  }

  #send(message: ToCapture): void {
    this.#child ??= this.#start();
    this.#keepAlive();
    // A process that is going away reports its exit.
    this.#child.send(message, () => undefined);
  }

  #start(): ChildProcess {
    const { NODE_OPTIONS: _options, VSCODE_INSPECTOR_OPTIONS: _inspector, ...env } = process.env;
    // Sound libraries chat on stderr, of devices that are not there as well.
    const child = fork(this.modulePath, [], {
      env,
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.on('message', (message: FromCapture) => this.#receive(message));
    let gone = false;
    const onGone = (why: string) => {
      if (gone) return;
      gone = true;
      this.#exited(child, why);
    };
    child.once('error', (error) => onGone(error.message));
    child.once('exit', (code, signal) => onGone(`the process that records ended (${signal ?? code})`));
    child.unref();
    return child;
  }

  /** What nobody waits for keeps no command line alive. */
  #keepAlive(): void {
    if (this.#session || this.#lists.size > 0) this.#child?.channel?.ref();
    else this.#child?.channel?.unref();
  }

  #receive(message: FromCapture): void {
    if (message.type === 'devices') return this.#lists.get(message.request)?.resolve(message.microphones);
    if (message.type === 'failed' && message.request !== undefined) {
      return this.#lists.get(message.request)?.reject(toError(message.failure));
    }
    if (message.session === this.#session?.number) this.#session?.handler.onMessage(message);
  }

  #exited(child: ChildProcess, why: string): void {
    if (this.#child === child) this.#child = undefined;
    for (const { reject } of this.#lists.values()) reject(microphoneUnavailable(why));
    this.#session?.handler.onExit(why);
  }
}

export const toError = ({ code, why }: CaptureFailure): PteronError =>
  code === 'microphone_denied' ? microphoneDenied() : microphoneUnavailable(why);

/** Beside the bundle (dist/), or from the sources as the tests run them. */
function captureModule(): string {
  const file = join('capture', 'capture.cjs');
  const candidates = [join(__dirname, file), join(__dirname, '..', '..', '..', '..', 'dist', file)];
  return candidates.find((candidate) => existsSync(candidate)) ?? candidates[0]!;
}
