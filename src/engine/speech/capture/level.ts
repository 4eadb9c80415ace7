/** How loud a sound is on a scale of decibels, for a meter; and what is wrong with it. */
import type { ListenWarning } from '../../../protocol';
import { speechRate } from '../audio/decodeAudio';

/** 0 on the meter, of a full-scale 1. */
const quietestDecibels = -60;
/** A meter falls slower than it rises, so that an eye can follow: by half in this time. */
const fallSeconds = 0.15;
/** A device that gives nothing but zeros is muted, or the system lets nobody hear it; a silent room is never 0. */
const zerosUntilWarning = 0.8 * speechRate;
/** Samples at the end of the scale that make a second's sound too loud. */
const clippedShare = 0.005;
const fullScale = 0.998;

export class LevelMeter {
  #level = 0;
  #zeros = 0;
  #clipped = 0;
  #heardSomething = false;

  push(samples: Float32Array): void {
    let [sum, clipped, silent] = [0, 0, true];
    for (const sample of samples) {
      sum += sample * sample;
      if (Math.abs(sample) >= fullScale) clipped++;
      if (sample !== 0) silent = false;
    }
    this.#zeros = silent ? this.#zeros + samples.length : 0;
    this.#heardSomething ||= !silent;
    const seconds = samples.length / speechRate;
    // A leaky count over about a second.
    this.#clipped = this.#clipped * Math.exp(-seconds) + clipped / speechRate;
    const now = onMeter(Math.sqrt(sum / Math.max(1, samples.length)));
    this.#level = Math.max(now, this.#level * 0.5 ** (seconds / fallSeconds));
  }

  /** 0 … 1 */
  get level(): number {
    return this.#level;
  }

  /** Whether there was ever anything but zeros. */
  get heardSomething(): boolean {
    return this.#heardSomething;
  }

  get warning(): ListenWarning | undefined {
    if (this.#zeros >= zerosUntilWarning) return 'no_sound';
    return this.#clipped > clippedShare ? 'too_loud' : undefined;
  }
}

/** `amplitude`: root mean square, 1 = full scale. */
export function onMeter(amplitude: number): number {
  if (amplitude === 0) return 0;
  return Math.min(1, Math.max(0, 1 - (20 * Math.log10(amplitude)) / quietestDecibels));
}
