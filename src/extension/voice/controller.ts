/** One utterance after another: listens, lets the engine interpret what it heard, and hands on the outcome. Knows nothing of the editor. */
import type { CancellationToken } from 'vscode-jsonrpc';
import type { InterpretSpeechResult, ListenParams, ListenResult, ListenUpdate, ModelSummary } from '../../protocol';
import type { PteronError, SpeechFocus, SpokenOutcome } from '../../protocol';
import { toPteronError } from '../engine/errors';
import { CancellationSource, Emitter } from '../events';
import type { Log } from '../log';
import type { SpokenPlace } from './place';
import { opening, withLevel, type SpokenResult, type VoiceState } from './state';

export interface ControllerOptions {
  readonly place: (focus: SpeechFocus) => SpokenPlace;
  readonly model: () => Promise<ModelSummary>;
  /** Microphone, language and limits out of the settings. */
  readonly preferences: () => Omit<ListenParams, 'model' | 'document' | 'focus'>;
  readonly listen: (
    params: ListenParams,
    onUpdate: (update: ListenUpdate) => void,
    token: CancellationToken,
  ) => Promise<ListenResult>;
  readonly release: () => Promise<void>;
  /** The answer to a question that is open ("yes"); true if the utterance was one, and nothing else is to be done. */
  readonly answer: (alternatives: readonly string[]) => boolean;
  readonly interpret: (alternatives: readonly string[], place: SpokenPlace) => Promise<InterpretSpeechResult>;
  readonly carryOut: (outcome: SpokenOutcome, place: SpokenPlace) => Promise<SpokenResult>;
  /** `heard`: what was understood until then, for the user to keep. */
  readonly onFailure: (error: PteronError, heard: string) => void;
  readonly log: Log;
}

interface Utterance {
  readonly place: SpokenPlace;
  readonly source: CancellationSource;
  sent: boolean;
  released: boolean;
  heard: string;
}

export class VoiceController {
  private readonly changed = new Emitter<VoiceState>();
  readonly onDidChange = this.changed.event;
  private current: VoiceState = { kind: 'idle' };
  private running: Utterance | undefined;

  constructor(private readonly options: ControllerOptions) {}

  get state(): VoiceState {
    return this.current;
  }

  /** From the key's press to the text's arrival. */
  get busy(): boolean {
    return this.running !== undefined;
  }

  /** Resolves when everything that came of the utterance is done. Nothing happens where one is under way. */
  async start(focus: SpeechFocus): Promise<void> {
    if (this.running) return;
    const utterance = this.begin(focus);
    const result = await this.hear(utterance).finally(() => utterance.place.dispose());
    this.end(utterance, result);
  }

  /** A phrase that was typed is understood as if it had been spoken. */
  async hearText(text: string, focus: SpeechFocus): Promise<void> {
    if (this.running) return;
    const utterance = this.begin(focus);
    utterance.place.pin();
    const result = await this.understand(utterance, [text])
      .catch((error: unknown) => this.failed(toPteronError(error), utterance))
      .finally(() => utterance.place.dispose());
    this.end(utterance, result);
  }

  /** The sound ends; what was said until now is understood. */
  release(): void {
    const utterance = this.running;
    if (!utterance || utterance.released) return;
    utterance.released = true;
    utterance.place.pin();
    if (utterance.sent) this.sendRelease();
  }

  /** Throws away what was said. */
  cancel(): void {
    const utterance = this.running;
    if (!utterance) return;
    this.running = undefined;
    utterance.source.cancel();
    utterance.place.showPartial('', '');
    this.setState({ kind: 'idle', last: { kind: 'cancelled' } });
  }

  dispose(): void {
    this.cancel();
    this.changed.dispose();
  }

  private begin(focus: SpeechFocus): Utterance {
    const place = this.options.place(focus);
    const utterance = { place, source: new CancellationSource(), sent: false, released: false, heard: '' };
    this.running = utterance;
    this.setState(opening);
    return utterance;
  }

  private end(utterance: Utterance, last: SpokenResult): void {
    if (this.running === utterance) this.running = undefined;
    if (!this.running) this.setState({ kind: 'idle', last });
  }

  private async hear(utterance: Utterance): Promise<SpokenResult> {
    const { options } = this;
    const cancelled = (): boolean => utterance.source.token.isCancellationRequested;
    try {
      const model = await options.model();
      if (cancelled()) return { kind: 'cancelled' };
      const result = await this.listen(utterance, model.id);
      utterance.place.pin();
      if (cancelled() || result.finish === 'cancelled') return { kind: 'cancelled' };
      const { finish, nothing, alternatives, timings } = result;
      options.log.info(`voice: ${finish}, text ${timings.releaseToTextMs.toFixed(0)} ms after the sound's end`);
      return await this.understand(utterance, alternatives, nothing);
    } catch (error) {
      if (cancelled()) return { kind: 'cancelled' };
      return this.failed(toPteronError(error), utterance);
    }
  }

  private listen(utterance: Utterance, model: string): Promise<ListenResult> {
    const { place, source } = utterance;
    const document = place.document();
    const { focus } = place;
    const params = { model, focus, ...this.options.preferences(), ...(document ? { document } : {}) };
    const result = this.options.listen(params, (update) => this.updated(utterance, update), source.token);
    utterance.sent = true;
    if (utterance.released) this.sendRelease();
    return result;
  }

  private updated(utterance: Utterance, update: ListenUpdate): void {
    if (this.running !== utterance) return;
    const { state: kind, seconds, confirmed, tentative, warning, level } = update;
    if (kind === 'thinking') utterance.place.pin(); // silence or the limit ended the sound
    const levels = withLevel('levels' in this.current ? this.current.levels : [], level);
    utterance.heard = confirmed + tentative;
    utterance.place.showPartial(confirmed, tentative);
    this.setState({ kind, seconds, confirmed, tentative, warning, levels });
  }

  private async understand(
    utterance: Utterance,
    alternatives: readonly string[],
    nothing: ListenResult['nothing'] = { reason: 'no_speech', detail: '' },
  ): Promise<SpokenResult> {
    const { options } = this;
    const [heard] = alternatives;
    if (heard === undefined) {
      const { reason, detail } = nothing;
      options.log.info(`voice: heard nothing (${reason}) ${detail}`);
      return { kind: 'nothing', reason, detail };
    }
    utterance.heard = heard;
    options.log.debug(`voice: heard “${heard}”`);
    const { place } = utterance;
    if (options.answer(alternatives)) return { kind: 'ran', title: heard.trim() };
    place.showPartial(heard, '');
    this.setState({ ...opening, kind: 'thinking', seconds: 0, confirmed: heard });
    const { outcome } = await options.interpret(alternatives, place);
    place.showPartial('', '');
    if (utterance.source.token.isCancellationRequested) return { kind: 'cancelled' };
    // A question to the user may stay open for long: the next utterance can answer it.
    if (this.running === utterance) this.running = undefined;
    this.setState({ kind: 'idle' });
    return options.carryOut(outcome, place);
  }

  private failed(error: PteronError, utterance: Utterance): SpokenResult {
    this.options.log.error(`voice: ${error.toString()}`);
    // A command that fails was understood: its words are no text to keep.
    this.options.onFailure(error, error.code === 'command_failed' ? '' : utterance.heard);
    return { kind: 'failed', error };
  }

  private sendRelease(): void {
    // Its own failure is the listening's, which is told there.
    this.options.release().catch((error: unknown) => this.options.log.debug(`voice: ${String(error)}`));
  }

  private setState(state: VoiceState): void {
    this.current = state;
    this.changed.fire(state);
  }
}
