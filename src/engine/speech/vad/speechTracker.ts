/** From a probability a window to where speech begins and ends. Source of the two thresholds: silero-vad's VADIterator. */
import { windowSamples } from './voiceActivity';

export interface SpeechThresholds {
  /** From here on it is speech, */
  readonly begin: number;
  /** and from here down it no longer is. */
  readonly end: number;
  /** Windows in a row that make a beginning: a click is one. */
  readonly beginWindows: number;
  /** Windows in a row that make an end: between two words there are some. */
  readonly endWindows: number;
}

export const speechThresholds: SpeechThresholds = { begin: 0.5, end: 0.35, beginWindows: 3, endWindows: 8 };

/** Positions are samples since the beginning of the sound. */
export class SpeechTracker {
  #at = 0;
  #run = 0;
  #quiet = 0;
  #speaking = false;
  #first: number | null = null;
  #last: number | null = null;

  constructor(private readonly thresholds: SpeechThresholds = speechThresholds) {}

  push(probability: number): void {
    const { begin, end, beginWindows, endWindows } = this.thresholds;
    const from = this.#at;
    this.#at += windowSamples;
    this.#run = probability >= begin ? this.#run + 1 : 0;
    if (!this.#speaking && this.#run >= beginWindows) {
      this.#speaking = true;
      this.#first ??= from - (beginWindows - 1) * windowSamples;
    }
    if (!this.#speaking) return;
    this.#quiet = probability < end ? this.#quiet + 1 : 0;
    if (this.#quiet === 0) this.#last = this.#at;
    if (this.#quiet >= endWindows) [this.#speaking, this.#quiet] = [false, 0];
  }

  /** How far the sound was judged. */
  get position(): number {
    return this.#at;
  }

  get speaking(): boolean {
    return this.#speaking;
  }

  /** Where speech began; null: there was none. */
  get first(): number | null {
    return this.#first;
  }

  /** Where the latest speech ended, so far. */
  get last(): number | null {
    return this.#last;
  }

  /** Samples since somebody spoke, or since the beginning. */
  get silence(): number {
    return this.#at - (this.#last ?? 0);
  }

  /** What was said until now is done with. */
  forget(): void {
    // Speech across the cut goes on behind it.
    this.#first = this.#speaking ? this.#at : null;
    this.#last = this.#speaking ? this.#at : null;
  }
}
