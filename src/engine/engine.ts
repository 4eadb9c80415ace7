import type {
  ChatParams,
  CompleteParams,
  DoctorReport,
  GenerationResult,
  InterpretSpeechParams,
  InterpretSpeechResult,
  ListenParams,
  ListenResult,
  LoadModelResult,
  Microphone,
  ModelSummary,
  Transcription,
} from '../protocol';
import type { Activity } from './activity';
import { runChat } from './chat';
import { runCompletion } from './completion';
import { examine } from './doctor';
import type { Listener, ListenOnOptions, ListenOnParams, ListenOptions } from './listening';
import type { LoadedModel } from './models/loadedModel';
import type { ModelRegistry } from './models/registry';
import { summarize } from './models/store';
import type { Addon } from './native/addonTypes';
import { cleanedUp } from './speech/commands/cleanedUp';
import { interpretSpeech } from './speech/commands/interpretSpeech';
import { modelChooser } from './speech/commands/modelChooser';
import { modelCleaner } from './speech/dictation/modelCleaner';
import { nothingHeard, runTranscription, type TranscribeOptions, type TranscribeParams } from './transcription';

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
    private readonly listener: Listener,
  ) {}

  async listModels(): Promise<ModelSummary[]> {
    return (await this.registry.store.list()).models.map(summarize);
  }

  async loadModel(id: string): Promise<LoadModelResult> {
    const started = performance.now();
    const { installed, contextLength } = await this.registry.get(id);
    return { model: { ...summarize(installed), contextLength }, loadMs: performance.now() - started };
  }

  unloadModel(id: string): Promise<void> {
    return this.registry.unload(id);
  }

  complete(params: CompleteParams, options: GenerationOptions = {}): Promise<GenerationResult> {
    return this.#work('completion', params.model, options, {
      run: (model, arrived) => runCompletion(model, params, { ...options, arrived }),
      cancelled: cancelledBeforeStart,
    });
  }

  chat(params: ChatParams, options: GenerationOptions = {}): Promise<GenerationResult> {
    return this.#work('chat', params.model, options, {
      run: (model, arrived) => runChat(model, params, { ...options, arrived }),
      cancelled: cancelledBeforeStart,
    });
  }

  /** Cancelled, it resolves with what was complete by then. */
  transcribe(params: TranscribeParams, options: TranscribeOptions = {}): Promise<Transcription> {
    return this.#work('speech', params.model, options, {
      run: (model) => runTranscription(model, params, options),
      cancelled: () => nothingHeard(params.samples),
    });
  }

  listMicrophones(): Promise<readonly Microphone[]> {
    return this.listener.microphones();
  }

  /** Cancelled, it resolves without a text. */
  listen(params: ListenParams, options: ListenOptions = {}): Promise<ListenResult> {
    return this.listener.listen(params, options);
  }

  /** Utterance by utterance, until it is told to stop. */
  listenOn(params: ListenOnParams, options: ListenOnOptions): Promise<void> {
    return this.listener.listenOn(params, options);
  }

  releaseListen(): void {
    this.listener.release();
  }

  async countTokens(id: string, text: string): Promise<number> {
    return (await this.registry.get(id)).encoder.encode(text).length;
  }

  /** A model is asked only where it is in memory: loading one would take longer than saying it again. */
  async interpretSpeech(params: InterpretSpeechParams): Promise<InterpretSpeechResult> {
    const { model } = params;
    const resident = model !== undefined && this.registry.isLoaded(model) ? await this.registry.get(model) : undefined;
    const result = await interpretSpeech(params, resident && modelChooser(resident));
    return resident && params.cleanUp ? cleanedUp(result, params, modelCleaner(resident)) : result;
  }

  doctor(): Promise<DoctorReport> {
    return examine(this.registry.store, this.addon);
  }

  async dispose(): Promise<void> {
    await this.listener.dispose();
    await this.registry.dispose();
  }

  /** `arrived`: when the call was made. */
  async #work<Result>(
    what: 'completion' | 'chat' | 'speech',
    id: string,
    { signal }: { readonly signal?: AbortSignal },
    work: { run(model: LoadedModel, arrived: number): Promise<Result>; cancelled(arrived: number): Result },
  ): Promise<Result> {
    const arrived = performance.now();
    const model = await this.registry.get(id);
    const task = async () => {
      const end = this.activity.begin({ state: 'working', what, model: id });
      try {
        return await work.run(model, arrived);
      } finally {
        end();
      }
    };
    return model.queue.run(task, { signal, result: () => work.cancelled(arrived) });
  }
}

function cancelledBeforeStart(arrived: number): GenerationResult {
  const firstTokenMs = performance.now() - arrived;
  const none = { promptTokens: 0, reusedTokens: 0, prefillMs: 0, generatedTokens: 0, decodeMs: 0 };
  return { text: '', finish: 'cancelled', timings: { ...none, firstTokenMs, draftedTokens: 0, acceptedTokens: 0 } };
}
