import { type VoiceActivityDetector, windowSamples } from './voiceActivity';

/** Decibels of full scale. Nothing below is speech into a microphone that works. */
const faintest = -50;
/** Above the room's own noise. */
const above = 9;
/** How slowly the idea of the room's noise rises, in decibels a window; it falls at once. */
const rise = 0.06;
/** Decibels over which the answer goes from no to yes. */
const softness = 3;

/**
 * Where no model is installed: what is louder than the room may be speech. It takes typing and music for speech, so a
 * recognizer's own judgement has to refuse them.
 */
export class EnergyDetector implements VoiceActivityDetector {
  #floor = faintest;

  async push(samples: Float32Array): Promise<readonly number[]> {
    const probabilities = [];
    for (let at = 0; at + windowSamples <= samples.length; at += windowSamples) {
      probabilities.push(this.#judge(samples.subarray(at, at + windowSamples)));
    }
    return probabilities;
  }

  reset(): void {
    this.#floor = faintest;
  }

  #judge(window: Float32Array): number {
    const power = window.reduce((sum, sample) => sum + sample * sample, 0) / window.length;
    const decibels = 10 * Math.log10(Math.max(power, 1e-12));
    this.#floor = Math.min(decibels, this.#floor + rise);
    const over = decibels - Math.max(faintest, this.#floor + above);
    return 1 / (1 + Math.exp(-over / softness));
  }
}
