/** Keeps one engine process alive: starts it on first need, restarts it after a crash, says what state it is in. */
import type { EngineActivity, InitializeParams } from '../../protocol';
import { PteronError } from '../../protocol/errors';
import { Emitter } from '../events';
import type { Log } from '../log';
import { CrashBackoff, defaultBackoff, type BackoffOptions } from './backoff';
import { engineExited, engineGivenUp, toPteronError } from './errors';
import type { EngineProcess } from './process';
import type { EngineRpc } from './rpc';

export type EngineState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly pid: number; readonly version: string; readonly readyMs: number }
  | { readonly kind: 'restarting'; readonly delayMs: number; readonly error: PteronError }
  | { readonly kind: 'failed'; readonly error: PteronError };

export interface RunningEngine {
  readonly rpc: EngineRpc;
  /** Set once the process is gone; requests that fail then fail for that reason. */
  exit: PteronError | undefined;
}

export interface SupervisorOptions {
  readonly modulePath: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly initializeParams: () => Omit<InitializeParams, 'protocolVersion'>;
  readonly onActivity?: (activity: EngineActivity) => void;
  readonly log: Log;
  readonly backoff?: BackoffOptions;
  readonly initializeTimeoutMs?: number;
}

const stoppedMeanwhile = (): PteronError =>
  new PteronError('engine_exited', 'The engine was stopped while it was starting.', 'Try once more.');

export class EngineSupervisor {
  private readonly changed = new Emitter<EngineState>();
  readonly onDidChangeState = this.changed.event;
  private current: EngineState = { kind: 'stopped' };
  private readonly backoff: CrashBackoff;
  private process: EngineProcess | undefined;
  private running: Promise<RunningEngine> | undefined;
  private retry: { timer: NodeJS.Timeout; cancel: () => void } | undefined;
  private attempts = 0;
  private disposed = false;

  constructor(private readonly options: SupervisorOptions) {
    this.backoff = new CrashBackoff(options.backoff);
  }

  get state(): EngineState {
    return this.current;
  }

  /** The running engine: started if it is not, awaited if it is being restarted. Rejects with engine_exited once given up. */
  ensureRunning(): Promise<RunningEngine> {
    if (this.disposed)
      return Promise.reject(new PteronError('disposed', 'Pteron was shut down.', 'Reload the window.'));
    if (this.current.kind === 'failed') return Promise.reject(this.current.error);
    this.running ??= this.start();
    return this.running;
  }

  /** Ends the process if there is one, forgets earlier crashes and starts anew. */
  async restart(): Promise<void> {
    this.stop();
    this.backoff.reset();
    await this.ensureRunning();
  }

  /** Ends the process; the next need starts it again. */
  stop(): void {
    this.retry?.cancel();
    this.retry = undefined;
    this.attempts++;
    const process = this.process;
    this.process = undefined;
    this.running = undefined;
    process?.kill();
    this.setState({ kind: 'stopped' });
  }

  dispose(): void {
    if (this.disposed) return;
    this.stop();
    this.disposed = true;
    this.changed.dispose();
  }

  private async start(): Promise<RunningEngine> {
    const started = performance.now();
    const attempt = ++this.attempts;
    this.setState({ kind: 'starting' });
    const { startEngineProcess } = await import('./process');
    if (attempt !== this.attempts) throw stoppedMeanwhile();
    const { log, modulePath, env } = this.options;
    const onOutput = (line: string): void => log.warn(`engine: ${line}`);
    const process = startEngineProcess({ modulePath, onOutput, ...(env ? { env } : {}) });
    this.process = process;
    const engine: RunningEngine = { rpc: process.rpc, exit: undefined };
    void process.exited.then((exit) => this.onExit(process, engine, engineExited(exit)));
    this.listen(process.rpc);
    try {
      const { pid, version } = await this.initialize(process);
      const readyMs = performance.now() - started;
      log.info(`engine ${version} ready in ${readyMs.toFixed(0)} ms (pid ${pid})`);
      if (this.process === process) this.setState({ kind: 'running', pid, version, readyMs });
      return engine;
    } catch (error) {
      if (engine.exit) return this.process === process ? this.afterCrash(engine.exit) : Promise.reject(engine.exit);
      const fatal = toPteronError(error);
      if (this.process === process) this.fail(fatal);
      throw fatal;
    }
  }

  private listen(rpc: EngineRpc): void {
    const { log, onActivity = () => undefined } = this.options;
    rpc.start({
      onActivity,
      onLog: ({ level, message }) => (log[level] ?? log.info)(`engine: ${message}`),
      onError: (error) => log.warn(`engine connection: ${error.message}`),
    });
  }

  private async initialize(process: EngineProcess): Promise<{ pid: number; version: string }> {
    const { initializeParams, initializeTimeoutMs = 20_000 } = this.options;
    const timer = setTimeout(() => process.kill(), initializeTimeoutMs);
    try {
      const { pid, engineVersion } = await process.rpc.initialize(initializeParams());
      return { pid, version: engineVersion };
    } finally {
      clearTimeout(timer);
    }
  }

  private onExit(process: EngineProcess, engine: RunningEngine, error: PteronError): void {
    engine.exit = error;
    const wasRunning = this.process === process && this.current.kind === 'running';
    engine.rpc.dispose(); // rejects what is in flight
    if (wasRunning) {
      this.running = this.afterCrash(error);
      this.running.catch(() => undefined); // the state tells; nobody may be waiting
    }
  }

  /** Waits out the back-off, then starts again. */
  private afterCrash(error: PteronError): Promise<RunningEngine> {
    if (this.process === undefined) return Promise.reject(error); // stopped on purpose
    this.process = undefined;
    this.options.log.error(error.message);
    const delayMs = this.backoff.crashed();
    if (delayMs === 'give up') {
      const final = engineGivenUp(error, (this.options.backoff ?? defaultBackoff).maxCrashes);
      this.fail(final);
      return Promise.reject(final);
    }
    this.setState({ kind: 'restarting', delayMs, error });
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.retry = undefined;
        this.start().then(resolve, reject);
      }, delayMs);
      this.retry = { timer, cancel: () => (clearTimeout(timer), reject(error)) };
    });
  }

  private fail(error: PteronError): void {
    this.options.log.error(error.toString());
    const process = this.process;
    this.process = undefined;
    this.running = undefined;
    process?.kill();
    this.setState({ kind: 'failed', error });
  }

  private setState(state: EngineState): void {
    this.current = state;
    this.changed.fire(state);
  }
}
