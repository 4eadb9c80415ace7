/** One sound, from its opening to its text. */
import type { ListenResult, ListenState, ListenUpdate } from '../../../protocol';
import { speechRate } from '../audio/decodeAudio';
import type { SoundSource } from '../capture/soundSource';
import type { VoiceActivityDetector } from '../vad/voiceActivity';
import { Ear } from './ear';
import { joinTranscriptions } from './joinTranscriptions';
import { whyNothing } from './nothing';
import { type NewRecognition, Passages } from './passages';

export interface Listening {
  readonly source: SoundSource;
  readonly detector: Promise<VoiceActivityDetector>;
  readonly recognition: NewRecognition;
  readonly releaseAfterSilenceMs?: number | undefined;
  readonly longestMs?: number | undefined;
  readonly onUpdate?: ((update: ListenUpdate) => void) | undefined;
  /** The sound is over, and is understood. */
  readonly release: AbortSignal;
  /** Nobody wants it any more. */
  readonly cancel: AbortSignal;
}

export const defaultLongestMs = 60_000;
const updateEveryMs = 100;
const samplesAMs = speechRate / 1000;

/** @throws microphone_*, file_not_found, audio_invalid, model_*, inference_failed */
export function listen(listening: Listening): Promise<ListenResult> {
  return new ListenOnce(listening).run();
}

type Finish = ListenResult['finish'];

class ListenOnce {
  readonly #started = performance.now();
  readonly #ear: Ear;
  readonly #passages: Passages;
  #end!: (how: { finish: Finish } | { error: unknown }) => void;
  readonly #ended = new Promise<{ finish: Finish } | { error: unknown }>((resolve) => (this.#end = resolve));
  #state: ListenState = 'opening';
  #spoke = false;
  #lastUpdate = '';
  #updatedAt = -Infinity;

  constructor(private readonly listening: Listening) {
    const { source, detector, recognition, release, cancel } = listening;
    this.#ear = new Ear(source, detector, {
      onWindow: () => this.#follow(),
      onEnd: (error) => this.#end(error === undefined ? { finish: 'released' } : { error }),
    });
    this.#passages = new Passages(this.#ear.sound, this.#ear.tracker, recognition, {
      onText: () => this.#update(),
    });
    whenAborted(cancel, () => {
      this.#end({ finish: 'cancelled' });
      this.#passages.dispose();
    });
    whenAborted(release, () => this.#end({ finish: 'released' }));
  }

  async run(): Promise<ListenResult> {
    this.#update();
    try {
      this.#ear.open().then(
        () => this.#update('listening'),
        (error: unknown) => this.#end({ error }),
      );
      const end = await this.#ended;
      if ('error' in end) throw end.error;
      return await this.#result(end.finish);
    } finally {
      void this.#ear.close();
      this.#passages.dispose();
    }
  }

  /** After each window. */
  #follow(): void {
    const { tracker, sound } = this.#ear;
    this.#spoke ||= tracker.first !== null;
    this.#passages.follow();
    const { releaseAfterSilenceMs: pause, longestMs = defaultLongestMs } = this.listening;
    if (sound.end >= longestMs * samplesAMs) this.#end({ finish: 'limit' });
    if (pause !== undefined && this.#spoke && !tracker.speaking && tracker.silence >= pause * samplesAMs) {
      this.#end({ finish: 'silence' });
    }
    if (this.#state !== 'thinking') this.#update(tracker.speaking ? 'speech' : 'listening');
  }

  async #result(finish: Finish): Promise<ListenResult> {
    const ended = performance.now();
    const timings = () => ({
      openMs: (this.#ear.firstAt ?? ended) - this.#started,
      releaseToTextMs: performance.now() - ended,
    });
    const { microphone } = this.#ear;
    const thrownAway = () => ({ finish: 'cancelled' as const, alternatives: [], microphone, timings: timings() });
    if (finish === 'cancelled') return thrownAway();
    this.#update('thinking');
    await this.#ear.close();
    await this.#passages.cut();
    if (this.listening.cancel.aborted) return thrownAway();
    const seconds = this.#ear.sound.end / speechRate;
    const transcription = this.#spoke ? joinTranscriptions(this.#passages.done, seconds) : undefined;
    const nothing = whyNothing({ seconds, sound: this.#ear.meter.heardSomething, speech: this.#spoke, transcription });
    const alternatives = nothing || !transcription ? [] : [transcription.text, ...(transcription.alternatives ?? [])];
    return {
      finish,
      alternatives,
      ...(nothing && { nothing }),
      ...(transcription && { transcription }),
      microphone,
      timings: timings(),
    };
  }

  /** Sends what is new: at once where the state or the text is, else ten times a second. */
  #update(state = this.#state): void {
    this.#state = state;
    const { meter, sound, warning } = this.#ear;
    const { confirmed, tentative } = this.#passages.text;
    const key = [state, warning, confirmed, tentative].join('\n');
    if (key === this.#lastUpdate && performance.now() - this.#updatedAt < updateEveryMs) return;
    [this.#lastUpdate, this.#updatedAt] = [key, performance.now()];
    const heard = { level: meter.level, seconds: sound.end / speechRate };
    this.listening.onUpdate?.({ state, ...heard, confirmed, tentative, ...(warning && { warning }) });
  }
}

function whenAborted(signal: AbortSignal, then: () => void): void {
  if (signal.aborted) then();
  else signal.addEventListener('abort', then, { once: true });
}
