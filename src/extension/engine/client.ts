/** The engine as the extension sees it: typed calls that start it on first need. Every failure is a PteronError. */
import type { CancellationToken } from 'vscode-jsonrpc';
import type {
  ChatParams,
  CheatSheetParams,
  CompleteParams,
  CountTokensParams,
  DoctorReport,
  EngineActivity,
  GenerationResult,
  InterpretSpeechParams,
  InterpretSpeechResult,
  ListenParams,
  ListenResult,
  ListenUpdate,
  LoadModelResult,
  Microphone,
  ModelSummary,
} from '../../protocol';
import { Emitter } from '../events';
import { toPteronError } from './errors';
import type { EngineRpc } from './rpc';
import { EngineSupervisor, type SupervisorOptions } from './supervisor';

export class EngineClient {
  private readonly activityChanged = new Emitter<EngineActivity>();
  readonly onDidChangeActivity = this.activityChanged.event;
  private currentActivity: EngineActivity = { state: 'idle' };
  readonly supervisor: EngineSupervisor;

  constructor(options: Omit<SupervisorOptions, 'onActivity'>) {
    this.supervisor = new EngineSupervisor({ ...options, onActivity: (activity) => this.setActivity(activity) });
    this.supervisor.onDidChangeState((state) => {
      if (state.kind !== 'running') this.setActivity({ state: 'idle' });
    });
  }

  get activity(): EngineActivity {
    return this.currentActivity;
  }

  listModels(): Promise<ModelSummary[]> {
    return this.call((rpc) => rpc.listModels());
  }

  loadModel(model: string, token?: CancellationToken): Promise<LoadModelResult> {
    return this.call((rpc) => rpc.loadModel(model, token));
  }

  /** Resolves with finish 'cancelled' when `token` is cancelled. */
  complete(params: CompleteParams, token: CancellationToken): Promise<GenerationResult> {
    return this.call((rpc) => rpc.complete(params, token));
  }

  /** Streams the answer through `onDelta`; resolves with finish 'cancelled' when `token` is cancelled. */
  chat(params: ChatParams, onDelta: (text: string) => void, token: CancellationToken): Promise<GenerationResult> {
    return this.call((rpc) => rpc.chat(params, onDelta, token));
  }

  countTokens(params: CountTokensParams, token?: CancellationToken): Promise<number> {
    return this.call((rpc) => rpc.countTokens(params, token));
  }

  /** Hears the microphone until `releaseListen`; resolves with finish 'cancelled' when `token` is cancelled. */
  listen(
    params: ListenParams,
    onUpdate: (update: ListenUpdate) => void,
    token: CancellationToken,
  ): Promise<ListenResult> {
    return this.call((rpc) => rpc.listen(params, onUpdate, token));
  }

  releaseListen(): Promise<void> {
    return this.call((rpc) => rpc.releaseListen());
  }

  listMicrophones(): Promise<readonly Microphone[]> {
    return this.call((rpc) => rpc.listMicrophones());
  }

  interpretSpeech(params: InterpretSpeechParams, token?: CancellationToken): Promise<InterpretSpeechResult> {
    return this.call((rpc) => rpc.interpretSpeech(params, token));
  }

  cheatSheet(params: CheatSheetParams): Promise<string> {
    return this.call((rpc) => rpc.cheatSheet(params));
  }

  doctor(): Promise<DoctorReport> {
    return this.call((rpc) => rpc.doctor());
  }

  dispose(): void {
    this.supervisor.dispose();
    this.activityChanged.dispose();
  }

  /** The one place where a call meets the process: start and error mapping. */
  private async call<R>(send: (rpc: EngineRpc) => Promise<R>): Promise<R> {
    const engine = await this.supervisor.ensureRunning();
    try {
      return await send(engine.rpc);
    } catch (error) {
      throw engine.exit ?? toPteronError(error);
    }
  }

  private setActivity(activity: EngineActivity): void {
    if (activity.state === 'idle' && this.currentActivity.state === 'idle') return;
    this.currentActivity = activity;
    this.activityChanged.fire(activity);
  }
}
