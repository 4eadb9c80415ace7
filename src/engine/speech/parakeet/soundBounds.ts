/** Where a sound begins and ends to be heard. Parakeet writes nothing of a short one with silence behind it. */
import { quietest } from '../quiet';

/** 20 ms at 16 kHz. */
const block = 320;
/** −40 dB of the loudest block: below it lies the room. */
const relative = 0.01;
/** Kept before and behind what is heard, samples. */
const margin = 4800;

export interface Bounds {
  readonly from: number;
  readonly to: number;
}

/** Samples; null where there is nothing to hear. */
export function soundBounds(samples: Float32Array): Bounds | null {
  const loudness = Array.from({ length: Math.ceil(samples.length / block) }, (_, i) =>
    rootMeanSquare(samples.subarray(i * block, (i + 1) * block)),
  );
  const loudest = loudness.reduce((most, each) => Math.max(most, each), 0);
  if (loudest < quietest) return null;
  const isHeard = (each: number) => each >= Math.max(quietest, loudest * relative);
  const first = loudness.findIndex(isHeard);
  const last = loudness.findLastIndex(isHeard);
  return { from: Math.max(0, first * block - margin), to: Math.min(samples.length, (last + 1) * block + margin) };
}

function rootMeanSquare(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}
