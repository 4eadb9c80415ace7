import type { ListenWarning, Microphone } from '../../../protocol';
import { LevelMeter } from '../capture/level';
import type { SoundListener, SoundSource } from '../capture/soundSource';
import { SpeechTracker } from '../vad/speechTracker';
import { type VoiceActivityDetector, windowSamples } from '../vad/voiceActivity';
import { SoundBuffer } from './soundBuffer';

export interface EarEvents {
  /** Another window was judged: 32 ms. */
  onWindow(): void;
  /** The source gives no more; with an error, because of it. */
  onEnd(error?: unknown): void;
  /** A source that is faster than speech waits for it. */
  keepUp?(): Promise<void>;
}

/** A source's sound, kept, metered, and judged window by window. */
export class Ear implements SoundListener {
  readonly sound = new SoundBuffer();
  readonly meter = new LevelMeter();
  readonly tracker = new SpeechTracker();
  #pumping: Promise<void> | undefined;
  #changed: ListenWarning | undefined;
  #microphone: Microphone | null = null;
  #firstAt: number | undefined;
  #closed = false;

  /** `detector` may still be loading: sound is kept until it is there. */
  constructor(
    private readonly source: SoundSource,
    private readonly detector: Promise<VoiceActivityDetector>,
    private readonly events: EarEvents,
  ) {
    // Awaited when there is sound to judge.
    detector.catch(() => undefined);
  }

  /** @throws microphone_*, file_not_found, audio_invalid */
  async open(): Promise<void> {
    const microphone = await this.source.open(this);
    if (this.#closed) this.source.close();
    this.#microphone ??= microphone;
  }

  /** The device that is heard; null: a file, or none yet. */
  get microphone(): Microphone | null {
    return this.#microphone;
  }

  /** When the first sound came, on the clock of `performance`. */
  get firstAt(): number | undefined {
    return this.#firstAt;
  }

  get warning(): ListenWarning | undefined {
    return this.meter.warning ?? this.#changed;
  }

  onSamples(samples: Float32Array): Promise<void> | void {
    if (this.#closed) return;
    this.#firstAt ??= performance.now();
    this.meter.push(samples);
    this.sound.append(samples);
    return this.#pump().then(() => this.events.keepUp?.());
  }

  onWarning(warning: ListenWarning, microphone?: Microphone): void {
    this.#changed = warning;
    if (microphone) this.#microphone = microphone;
  }

  onEnd(error?: unknown): void {
    this.events.onEnd(error);
  }

  /** Nothing more is heard. Resolves when what was heard is judged. */
  async close(): Promise<void> {
    this.#closed = true;
    this.source.close();
    await this.#pump();
  }

  #pump(): Promise<void> {
    this.#pumping ??= this.#judge()
      .catch((error: unknown) => this.events.onEnd(error))
      .finally(() => (this.#pumping = undefined));
    return this.#pumping;
  }

  async #judge(): Promise<void> {
    const { sound, tracker } = this;
    const detector = await this.detector;
    for (let whole; (whole = Math.floor((sound.end - tracker.position) / windowSamples)) > 0;) {
      const from = tracker.position;
      const probabilities = await detector.push(sound.slice(from, from + whole * windowSamples));
      for (const probability of probabilities) {
        tracker.push(probability);
        this.events.onWindow();
      }
    }
  }
}
