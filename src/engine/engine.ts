import type {
  ChatParams,
  CompleteParams,
  DoctorReport,
  GenerationResult,
  InterpretSpeechParams,
  InterpretSpeechResult,
  LoadModelResult,
  ModelSummary,
} from '../protocol';
import type { Activity } from './activity';
import { runChat } from './chat';
import { runCompletion } from './completion';
import { examine } from './doctor';
import type { LaneUse, LoadedModel } from './models/loadedModel';
import type { ModelRegistry } from './models/registry';
import { summarize } from './models/store';
import type { Addon } from './native/addonTypes';
import { interpretSpeech } from './speech/commands/interpretSpeech';

export interface GenerationOptions {
  readonly onText?: (delta: string) => void;
  /** What a reasoning model thinks before it answers. */
  readonly onThought?: (delta: string) => void;
  readonly signal?: AbortSignal;
}

/** Everything Pteron can do, without a process boundary: the server and the command line both sit on this. */
export class Engine {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly addon: () => Addon,
    private readonly activity: Activity,
  ) {}

  async listModels(): Promise<ModelSummary[]> {
    return (await this.registry.store.list()).models.map(summarize);
  }

  async loadModel(id: string): Promise<LoadModelResult> {
    const started = performance.now();
    const { installed } = await this.registry.get(id);
    return { model: summarize(installed), loadMs: performance.now() - started };
  }

  unloadModel(id: string): Promise<void> {
    return this.registry.unload(id);
  }

  complete(params: CompleteParams, options: GenerationOptions = {}): Promise<GenerationResult> {
    return this.#generate('completion', params.model, options, (model, arrived) =>
      runCompletion(model, params, { ...options, arrived }),
    );
  }

  chat(params: ChatParams, options: GenerationOptions = {}): Promise<GenerationResult> {
    return this.#generate('chat', params.model, options, (model, arrived) =>
      runChat(model, params, { ...options, arrived }),
    );
  }

  async countTokens(id: string, text: string): Promise<number> {
    return (await this.registry.get(id)).encoder.encode(text).length;
  }

  interpretSpeech(params: InterpretSpeechParams): Promise<InterpretSpeechResult> {
    return interpretSpeech(params);
  }

  doctor(): Promise<DoctorReport> {
    return examine(this.registry.store, this.addon);
  }

  dispose(): Promise<void> {
    return this.registry.dispose();
  }

  async #generate(
    what: LaneUse,
    id: string,
    { signal }: GenerationOptions,
    work: (model: LoadedModel, arrived: number) => Promise<GenerationResult>,
  ): Promise<GenerationResult> {
    const arrived = performance.now();
    const model = await this.registry.get(id);
    const task = async () => {
      const end = this.activity.begin({ state: 'working', what, model: id });
      try {
        return await work(model, arrived);
      } finally {
        end();
      }
    };
    return model.queue.run(task, { signal, result: () => cancelledBeforeStart(arrived) });
  }
}

function cancelledBeforeStart(arrived: number): GenerationResult {
  const firstTokenMs = performance.now() - arrived;
  const none = { promptTokens: 0, reusedTokens: 0, prefillMs: 0, generatedTokens: 0, decodeMs: 0 };
  return { text: '', finish: 'cancelled', timings: { ...none, firstTokenMs, draftedTokens: 0, acceptedTokens: 0 } };
}
