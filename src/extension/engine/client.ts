/** The engine as the extension sees it: typed calls that start it on first need. Every failure is a PteronError. */
import { Emitter, type CancellationToken, type MessageConnection } from 'vscode-jsonrpc/node';
import {
  ActivityChanged,
  Chat,
  Complete,
  CountTokens,
  Doctor,
  ListModels,
  LoadModel,
  Log as LogMessage,
  TextDelta,
  type ChatParams,
  type CompleteParams,
  type CountTokensParams,
  type DoctorReport,
  type EngineActivity,
  type GenerationResult,
  type LoadModelResult,
  type ModelSummary,
} from '../../protocol';
import { toPteronError } from './errors';
import { EngineSupervisor, type SupervisorOptions } from './supervisor';

type OnDelta = (text: string) => void;

export class EngineClient {
  private readonly activityChanged = new Emitter<EngineActivity>();
  readonly onDidChangeActivity = this.activityChanged.event;
  private currentActivity: EngineActivity = { state: 'idle' };
  private streams = 0;
  readonly supervisor: EngineSupervisor;

  constructor(private readonly options: Omit<SupervisorOptions, 'onConnection'>) {
    this.supervisor = new EngineSupervisor({ ...options, onConnection: (connection) => this.listen(connection) });
    this.supervisor.onDidChangeState((state) => {
      if (state.kind !== 'running') this.setActivity({ state: 'idle' });
    });
  }

  get activity(): EngineActivity {
    return this.currentActivity;
  }

  listModels(): Promise<ModelSummary[]> {
    return this.call((connection) => connection.sendRequest(ListModels));
  }

  loadModel(model: string, token?: CancellationToken): Promise<LoadModelResult> {
    return this.call((connection) => connection.sendRequest(LoadModel, { model }, token));
  }

  /** Resolves with finish 'cancelled' when `token` is cancelled. */
  complete(params: CompleteParams, token: CancellationToken): Promise<GenerationResult> {
    return this.call((connection) => connection.sendRequest(Complete, params, token));
  }

  /** Streams the answer through `onDelta`; resolves with finish 'cancelled' when `token` is cancelled. */
  chat(params: ChatParams, onDelta: OnDelta, token: CancellationToken): Promise<GenerationResult> {
    return this.call(async (connection) => {
      const progressToken = `chat-${++this.streams}`;
      const subscription = connection.onProgress(TextDelta, progressToken, onDelta);
      try {
        return await connection.sendRequest(Chat, { ...params, progressToken } as ChatParams, token);
      } finally {
        subscription.dispose();
      }
    });
  }

  countTokens(params: CountTokensParams, token?: CancellationToken): Promise<number> {
    return this.call((connection) => connection.sendRequest(CountTokens, params, token));
  }

  doctor(): Promise<DoctorReport> {
    return this.call((connection) => connection.sendRequest(Doctor));
  }

  dispose(): void {
    this.supervisor.dispose();
    this.activityChanged.dispose();
  }

  /** The one place where a call meets the process: start, correlation, error mapping. */
  private async call<R>(send: (connection: MessageConnection) => Promise<R>): Promise<R> {
    const engine = await this.supervisor.ensureRunning();
    try {
      return await send(engine.connection);
    } catch (error) {
      throw engine.exit ?? toPteronError(error);
    }
  }

  private listen(connection: MessageConnection): void {
    const { log } = this.options;
    connection.onNotification(ActivityChanged, (activity) => this.setActivity(activity));
    connection.onNotification(LogMessage, ({ level, message }) => (log[level] ?? log.info)(`engine: ${message}`));
  }

  private setActivity(activity: EngineActivity): void {
    if (activity.state === 'idle' && this.currentActivity.state === 'idle') return;
    this.currentActivity = activity;
    this.activityChanged.fire(activity);
  }
}
