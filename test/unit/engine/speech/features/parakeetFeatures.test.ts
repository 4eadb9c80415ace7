import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseWav } from '../../../../../src/engine/speech/audio/wav';
import { parakeetFeatures } from '../../../../../src/engine/speech/features/parakeetFeatures';
import { PowerSpectrum } from '../../../../../src/engine/speech/features/powerSpectrum';

const fixtures = join(import.meta.dirname, '../../../../fixtures');
const { features } = JSON.parse(readFileSync(join(fixtures, 'models/tiny-parakeet/reference.json'), 'utf8')) as {
  readonly features: {
    readonly clip: string;
    readonly count: number;
    readonly frames: readonly number[];
    readonly [mels: string]: unknown;
  };
};
const { samples } = parseWav(readFileSync(join(fixtures, 'speech', `${features.clip}.wav`)));

describe('Parakeet’s features', () => {
  it.each([80, 128])('are transformers’ within 1e-4, of %i mels', async (mels) => {
    const { values, frames } = await parakeetFeatures(samples, mels);
    expect(frames).toBe(features.count);
    const expected = new Float32Array(Uint8Array.from(Buffer.from(features[mels] as string, 'base64')).buffer);
    expect(expected.length).toBe(mels * features.frames.length);
    let worst = 0;
    features.frames.forEach((frame, i) => {
      for (let mel = 0; mel < mels; mel++) {
        worst = Math.max(worst, Math.abs(values[frame * mels + mel]! - expected[i * mels + mel]!));
      }
    });
    expect(worst).toBeLessThan(1e-4);
  });

  it('have mean 0 and deviation 1 in each bin, and are 0 where nothing changes', async () => {
    const { values, frames, mels } = await parakeetFeatures(samples, 80);
    const bin = Float64Array.from({ length: frames }, (_, frame) => values[frame * mels + 40]!);
    const mean = bin.reduce((sum, value) => sum + value, 0) / frames;
    expect(mean).toBeCloseTo(0, 4);
    expect(bin.reduce((sum, value) => sum + value * value, 0) / (frames - 1)).toBeCloseTo(1, 3);
    expect(new Set((await parakeetFeatures(new Float32Array(16_159), 80)).values)).toEqual(new Set([0]));
  });

  it('are none of a sound too short to vary', async () => {
    expect((await parakeetFeatures(samples.subarray(0, 319), 80)).frames).toBe(0);
    expect((await parakeetFeatures(samples.subarray(0, 320), 80)).frames).toBe(2);
  });
});

describe('the power spectrum', () => {
  it.each([6, 70, 400, 512])('of %i samples is the Fourier sum’s', (length) => {
    const spectrum = new PowerSpectrum(length);
    for (let n = 0; n < length; n++) spectrum.input[n] = Math.sin(n * n * 0.013) + 0.3 * Math.cos(n);
    spectrum.compute();
    spectrum.output.forEach((power, bin) => {
      let [re, im] = [0, 0];
      spectrum.input.forEach((x, n) => {
        re += x * Math.cos((2 * Math.PI * bin * n) / length);
        im -= x * Math.sin((2 * Math.PI * bin * n) / length);
      });
      expect(power).toBeCloseTo(re * re + im * im, 6);
    });
  });

  it('is none of a length with large factors', () => {
    expect(() => new PowerSpectrum(22)).toThrow(/factor of 11/);
  });
});
