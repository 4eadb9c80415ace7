/** Parakeet's features. Source: transformers feature_extraction_parakeet.py; transform 512, window 400, hop 160, symmetric Hann. */
import { breathe } from '../breathe';
import { type MelFilter, melFilters } from './melFilters';
import { PowerSpectrum } from './powerSpectrum';

export const hop = 160;
const transformLength = 512;
const windowLength = 400;
const margin = (transformLength - windowLength) / 2;
const preEmphasis = 0.97;
const logGuard = 2 ** -24;
const deviationGuard = 1e-5;
const framesAtOnce = 1500;
const hann = Float64Array.from(
  { length: windowLength },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / (windowLength - 1)),
);

export interface FrameFeatures {
  readonly mels: number;
  readonly frames: number;
  /** [frames, mels], row-major. */
  readonly values: Float32Array;
}

/** Fewer have no deviation. */
export const leastFrames = 2;

/**
 * Log-mel spectrogram of `samples` (16 kHz), a frame each 10 ms, each mel bin with mean 0 and deviation 1 over the sound; no
 * frames where there are fewer than two. Lets the event loop run meanwhile.
 */
export async function parakeetFeatures(samples: Float32Array, mels: number): Promise<FrameFeatures> {
  const frames = Math.floor(samples.length / hop);
  if (frames < leastFrames) return { mels, frames: 0, values: new Float32Array(0) };
  const filters = melFilters(mels, transformLength / 2 + 1);
  const spectrum = new PowerSpectrum(transformLength);
  const values = new Float32Array(frames * mels);
  for (let frame = 0; frame < frames; frame++) {
    if (frame % framesAtOnce === framesAtOnce - 1) await breathe();
    cut(samples, frame * hop - windowLength / 2, spectrum.input);
    spectrum.compute();
    writeFrame(filters, spectrum.output, values.subarray(frame * mels, (frame + 1) * mels));
  }
  for (let mel = 0; mel < mels; mel++) normalize(values, mel, mels, frames);
  return { mels, frames, values };
}

/** Writes a window's samples, high ones emphasized; there are none outside of the sound. */
function cut(samples: Float32Array, start: number, out: Float64Array): void {
  for (let n = 0; n < windowLength; n++) {
    const at = start + n;
    const inside = at >= 0 && at < samples.length;
    out[margin + n] = inside ? (samples[at]! - preEmphasis * (samples[at - 1] ?? 0)) * hann[n]! : 0;
  }
}

function writeFrame(filters: readonly MelFilter[], power: Float64Array, out: Float32Array): void {
  for (let mel = 0; mel < filters.length; mel++) {
    const { first, weights } = filters[mel]!;
    let energy = logGuard;
    for (let bin = 0; bin < weights.length; bin++) energy += weights[bin]! * power[first + bin]!;
    out[mel] = Math.log(energy);
  }
}

function normalize(values: Float32Array, mel: number, mels: number, frames: number): void {
  let sum = 0;
  for (let at = mel; at < values.length; at += mels) sum += values[at]!;
  const mean = sum / frames;
  let squares = 0;
  for (let at = mel; at < values.length; at += mels) squares += (values[at]! - mean) ** 2;
  const deviation = Math.sqrt(squares / (frames - 1)) + deviationGuard;
  for (let at = mel; at < values.length; at += mels) values[at] = (values[at]! - mean) / deviation;
}
