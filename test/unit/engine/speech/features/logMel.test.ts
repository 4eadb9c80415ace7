import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseWav } from '../../../../../src/engine/speech/audio/wav';
import { logMel } from '../../../../../src/engine/speech/features/logMel';
import { bins, PowerSpectrum, transformLength } from '../../../../../src/engine/speech/features/powerSpectrum';

const folder = join(import.meta.dirname, '../../../../fixtures/speech');
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as {
  readonly features: { readonly clip: string; readonly frames: readonly number[]; readonly [mels: string]: unknown };
};
const { clip, frames } = reference.features;
const { samples } = parseWav(readFileSync(join(folder, `${clip}.wav`)));

describe('log-mel features', () => {
  it.each([80, 128])('are transformers’ within 1e-4, of %i mels', async (mels) => {
    const { values, frames: count } = await logMel(samples, mels, 3000);
    expect(count).toBe(3000);
    const expected = new Float32Array(
      Uint8Array.from(Buffer.from(reference.features[mels] as string, 'base64')).buffer,
    );
    expect(expected.length).toBe(mels * frames.length);
    let worst = 0;
    for (let mel = 0; mel < mels; mel++) {
      frames.forEach((frame, i) => {
        worst = Math.max(worst, Math.abs(values[mel * count + frame]! - expected[mel * frames.length + i]!));
      });
    }
    expect(worst).toBeLessThan(1e-4);
  });

  it('are as many as the sound has 10 ms, and of silence all the same', async () => {
    const { frames: count, values } = await logMel(new Float32Array(16_159), 80);
    expect(count).toBe(100);
    expect(new Set(values)).toEqual(new Set([-1.5]));
  });
});

describe('the power spectrum', () => {
  it('is the Fourier sum’s', () => {
    const spectrum = new PowerSpectrum();
    const input = Float64Array.from({ length: transformLength }, (_, n) => Math.sin(n * n * 0.013) + 0.3 * Math.cos(n));
    spectrum.input.set(input);
    spectrum.compute();
    for (let bin = 0; bin < bins; bin++) {
      let [re, im] = [0, 0];
      for (let n = 0; n < transformLength; n++) {
        const angle = (2 * Math.PI * bin * n) / transformLength;
        re += input[n]! * Math.cos(angle);
        im -= input[n]! * Math.sin(angle);
      }
      expect(Math.abs(spectrum.output[bin]! - (re * re + im * im))).toBeLessThan(1e-8);
    }
  });
});
