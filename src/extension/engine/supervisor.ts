/** Keeps one engine process alive: starts it on first need, restarts it after a crash, says what state it is in. */
import { Emitter, type MessageConnection } from 'vscode-jsonrpc/node';
import { Initialize, PteronError, protocolVersion, type InitializeParams } from '../../protocol';
import type { Log } from '../log';
import { CrashBackoff, defaultBackoff, type BackoffOptions } from './backoff';
import { engineExited, engineGivenUp, protocolMismatch, toPteronError } from './errors';
import { startEngineProcess, type EngineProcess } from './process';

export type EngineState =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly pid: number; readonly version: string; readonly readyMs: number }
  | { readonly kind: 'restarting'; readonly delayMs: number; readonly error: PteronError }
  | { readonly kind: 'failed'; readonly error: PteronError };

export interface RunningEngine {
  readonly connection: MessageConnection;
  /** Set once the process is gone; requests that fail then fail for that reason. */
  exit: PteronError | undefined;
}

export interface SupervisorOptions {
  readonly modulePath: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly initializeParams: () => Omit<InitializeParams, 'protocolVersion'>;
  /** Registers notification handlers, before the connection listens. */
  readonly onConnection?: (connection: MessageConnection) => void;
  readonly log: Log;
  readonly backoff?: BackoffOptions;
  readonly initializeTimeoutMs?: number;
}

export class EngineSupervisor {
  private readonly changed = new Emitter<EngineState>();
  readonly onDidChangeState = this.changed.event;
  private current: EngineState = { kind: 'stopped' };
  private readonly backoff: CrashBackoff;
  private process: EngineProcess | undefined;
  private running: Promise<RunningEngine> | undefined;
  private retry: { timer: NodeJS.Timeout; cancel: () => void } | undefined;
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
    const { log, modulePath, env, initializeParams, onConnection, initializeTimeoutMs = 20_000 } = this.options;
    this.setState({ kind: 'starting' });
    const started = performance.now();
    const onOutput = (line: string): void => log.warn(`engine: ${line}`);
    const process = startEngineProcess({ modulePath, onOutput, ...(env ? { env } : {}) });
    this.process = process;
    const engine: RunningEngine = { connection: process.connection, exit: undefined };
    void process.exited.then((exit) => this.onExit(process, engine, engineExited(exit)));
    const { connection } = process;
    connection.onError(([error]) => log.warn(`engine connection: ${error.message}`));
    onConnection?.(connection);
    connection.listen();
    const timer = setTimeout(() => process.kill(), initializeTimeoutMs);
    try {
      const result = await connection.sendRequest(Initialize, { protocolVersion, ...initializeParams() });
      if (result.protocolVersion !== protocolVersion) throw protocolMismatch(result.protocolVersion, protocolVersion);
      const readyMs = performance.now() - started;
      log.info(`engine ${result.engineVersion} ready in ${readyMs.toFixed(0)} ms (pid ${result.pid})`);
      if (this.process === process)
        this.setState({ kind: 'running', pid: result.pid, version: result.engineVersion, readyMs });
      return engine;
    } catch (error) {
      if (engine.exit) return this.afterCrash(engine.exit);
      const fatal = toPteronError(error);
      if (this.process === process) this.fail(fatal);
      throw fatal;
    } finally {
      clearTimeout(timer);
    }
  }

  private onExit(process: EngineProcess, engine: RunningEngine, error: PteronError): void {
    engine.exit = error;
    const wasRunning = this.process === process && this.current.kind === 'running';
    process.connection.dispose(); // rejects what is in flight
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
