import type { ListenParams, ListenResult, ListenUpdate, Microphone } from '../protocol';
import type { Activity } from './activity';
import { roleMismatch } from './models/errors';
import type { LoadedModel } from './models/loadedModel';
import type { ModelRegistry } from './models/registry';
import type { CaptureProcess } from './speech/capture/captureProcess';
import { microphoneBusy } from './speech/capture/errors';
import { FileSource } from './speech/capture/fileSource';
import { MicrophoneSource } from './speech/capture/microphoneSource';
import type { SoundSource } from './speech/capture/soundSource';
import { commandReadings } from './speech/commands/commandReadings';
import { biasPrompt } from './speech/dictation/biasPrompt';
import { listen } from './speech/listening/listen';
import { listenOn, type ListeningOn } from './speech/listening/listenOn';
import type { NewRecognition } from './speech/listening/passages';
import { RepeatedRecognition } from './speech/listening/repeatedRecognition';
import { StreamedRecognition, type Work } from './speech/listening/streamedRecognition';
import { hearsAsSpoken } from './speech/recognizers';
import type { Detectors } from './speech/vad/detectors';
import { nothingHeard } from './transcription';

export interface ListenOptions {
  readonly onUpdate?: (update: ListenUpdate) => void;
  readonly signal?: AbortSignal;
}

type RecognitionParams = Pick<ListenParams, 'model' | 'document' | 'focus' | 'language' | 'beam' | 'alternatives'>;
type SourceParams = Pick<ListenParams, 'file' | 'pace' | 'microphone'>;

export interface ListenOnParams extends SourceParams, RecognitionParams {
  /** Silence that ends an utterance. */
  readonly pauseMs?: number;
}
export type ListenOnOptions = Pick<ListeningOn, 'onOpen' | 'onUpdate' | 'onUtterance' | 'stop'>;

/** Listens to one sound at a time, and gives it to the recognizer that the request names. */
export class Listener {
  #release: AbortController | undefined;

  constructor(
    private readonly registry: ModelRegistry,
    private readonly activity: Activity,
    private readonly capture: CaptureProcess,
    private readonly detectors: Detectors,
  ) {}

  /** @throws microphone_unavailable, microphone_denied */
  microphones(): Promise<readonly Microphone[]> {
    return this.capture.list();
  }

  /** @throws microphone_*, model_*, audio_invalid, file_not_found */
  async listen(params: ListenParams, { onUpdate, signal }: ListenOptions = {}): Promise<ListenResult> {
    if (this.#release) throw microphoneBusy();
    const release = (this.#release = new AbortController());
    try {
      const recognition = await this.#recognition(params);
      return await listen({
        source: this.#source(params),
        detector: this.detectors.get(),
        recognition,
        releaseAfterSilenceMs: params.releaseAfterSilenceMs,
        longestMs: params.longestMs,
        onUpdate,
        release: release.signal,
        cancel: signal ?? new AbortController().signal,
      });
    } finally {
      this.#release = undefined;
    }
  }

  /** Utterance by utterance, until `stop`. @throws microphone_*, model_*, audio_invalid, file_not_found */
  async listenOn({ pauseMs, ...params }: ListenOnParams, options: ListenOnOptions): Promise<void> {
    if (this.#release) throw microphoneBusy();
    this.#release = new AbortController();
    try {
      const recognition = await this.#recognition(params);
      const source = this.#source(params);
      await listenOn({ source, detector: this.detectors.get(), recognition, pauseMs, ...options });
    } finally {
      this.#release = undefined;
    }
  }

  /** The sound under way is over; without one nothing happens. */
  release(): void {
    this.#release?.abort();
  }

  async dispose(): Promise<void> {
    this.capture.dispose();
    await this.detectors.dispose();
  }

  #source({ file, microphone, pace }: SourceParams): SoundSource {
    if (file === undefined) return new MicrophoneSource(this.capture, microphone);
    return new FileSource(file, pace === undefined ? {} : { pace });
  }

  /** @throws model_not_found, model_role_mismatch, model_invalid */
  async #recognition(params: RecognitionParams): Promise<NewRecognition> {
    const { manifest } = await this.registry.store.find(params.model);
    if (manifest.role !== 'speech') throw roleMismatch(manifest.id, manifest.role, 'speech');
    return hearsAsSpoken(manifest) ? this.#streaming(params) : this.#repeating(params);
  }

  /** The model loads while the first words are spoken. */
  #repeating({ model: id, document, focus, language, beam, alternatives: most }: RecognitionParams): NewRecognition {
    const loading = this.registry.get(id);
    loading.catch(() => undefined);
    // What will be interpreted as a command is looked for in the sound; names as a prompt would make a command look like code.
    const guided = most ? { ...commandReadings({ focus, document }), alternatives: most } : undefined;
    const whole = { ...guided, ...(beam !== undefined && { beam }) };
    const growing = { beam: 1, padding: guided?.padding };
    let prompt = guided && '';
    const recognizing = (before: string) => async (samples: Float32Array, signal: AbortSignal, isWhole: boolean) => {
      const model = await loading;
      prompt ??= document ? biasPrompt(document, { countTokens: (text) => model.encoder.encode(text).length }) : '';
      const options = { language, prompt: `${prompt} ${before}`.trim(), signal, ...(isWhole ? whole : growing) };
      const work = () => this.#working(model, () => model.recognizer().recognize(samples, options));
      return model.queue.run(work, { signal, result: () => nothingHeard(samples) });
    };
    return (before, onText) => new RepeatedRecognition(recognizing(before), onText);
  }

  /** The same for a model that hears a sound as it is spoken. */
  #streaming({ model: id, language }: RecognitionParams): NewRecognition {
    const loading = this.registry.get(id);
    loading.catch(() => undefined);
    const work: Work = async (job) => {
      const model = await loading;
      const recognizer = model.recognizer();
      return model.queue.run(() =>
        this.#working(model, () => job((signal) => recognizer.stream!({ language, signal }))),
      );
    };
    return (_before, onText) => new StreamedRecognition(work, onText);
  }

  async #working<T>({ installed }: LoadedModel, work: () => Promise<T>): Promise<T> {
    const end = this.activity.begin({ state: 'working', what: 'speech', model: installed.manifest.id });
    try {
      return await work();
    } finally {
      end();
    }
  }
}
