/** Whisper's features. Source: transformers feature_extraction_whisper.py; window 400, hop 160, periodic Hann. */
import { breathe } from '../breathe';
import { type MelFilter, melFilters } from './melFilters';
import { PowerSpectrum, transformLength } from './powerSpectrum';

export const hop = 160;
const margin = transformLength / 2;
const framesAtOnce = 1500;
const silence = Math.log10(1e-10);
export const hann = Float64Array.from(
  { length: transformLength },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / transformLength),
);

export interface Features {
  readonly mels: number;
  readonly frames: number;
  /** [mels, frames], row-major. */
  readonly values: Float32Array;
}

/**
 * Log-mel spectrogram of `samples` (16 kHz), a frame each 10 ms; `samples` are continued with silence to `frames` frames where
 * given. Lets the event loop run meanwhile.
 */
export async function logMel(samples: Float32Array, mels: number, frames?: number): Promise<Features> {
  const length = frames === undefined ? samples.length : frames * hop;
  const count = Math.floor(length / hop);
  const filters = melFilters(mels);
  const spectrum = new PowerSpectrum();
  const values = new Float32Array(mels * count).fill(silence);
  let loudest = silence;
  for (let frame = 0; frame < count; frame++) {
    if (frame % framesAtOnce === framesAtOnce - 1) await breathe();
    if (!cut(samples, length, frame * hop - margin, spectrum.input)) continue;
    spectrum.compute();
    loudest = Math.max(loudest, writeFrame(filters, spectrum.output, values, frame, count));
  }
  for (let i = 0; i < values.length; i++) values[i] = (Math.max(values[i]!, loudest - 8) + 4) / 4;
  return { mels, frames: count, values };
}

/** Writes a window's samples, mirrored at both ends of the sound; false where all of them are 0. */
function cut(samples: Float32Array, length: number, start: number, out: Float64Array): boolean {
  let any = false;
  for (let n = 0; n < transformLength; n++) {
    let at = Math.abs(start + n);
    if (at >= length) at = Math.abs(2 * (length - 1) - at);
    const sample = samples[at] ?? 0;
    any ||= sample !== 0;
    out[n] = sample * hann[n]!;
  }
  return any;
}

/** Writes a frame's base-10 logarithms to its column of `out` [mels, frames]; returns the largest. */
export function writeFrame(
  filters: readonly MelFilter[],
  power: Float64Array,
  out: Float32Array,
  frame: number,
  frames: number,
): number {
  let loudest = silence;
  for (let mel = 0; mel < filters.length; mel++) {
    const { first, weights } = filters[mel]!;
    let energy = 0;
    for (let bin = 0; bin < weights.length; bin++) energy += weights[bin]! * power[first + bin]!;
    const value = Math.log10(Math.max(1e-10, energy));
    out[mel * frames + frame] = value;
    loudest = Math.max(loudest, value);
  }
  return loudest;
}
