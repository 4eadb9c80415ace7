import { describe, expect, it } from 'vitest';
import { resample } from '../../../../../src/engine/speech/audio/resample';

const tone = (hertz: number, rate: number, seconds = 0.4) =>
  Float32Array.from({ length: rate * seconds }, (_, n) => Math.sin((2 * Math.PI * hertz * n) / rate));
/** Without the ends, where the filter sees silence. */
const inner = (samples: Float32Array) => samples.subarray(samples.length / 4, (3 * samples.length) / 4);
const loudness = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

describe('resampling to 16 kHz', () => {
  it.each([8000, 11_025, 22_050, 44_100, 48_000, 96_000])('keeps a tone of 440 Hz from %i Hz', async (rate) => {
    const [result, wanted] = [await resample(tone(440, rate), rate, 16_000), tone(440, 16_000)];
    expect(Math.abs(result.length - wanted.length)).toBeLessThanOrEqual(1);
    const [a, b] = [inner(result), inner(wanted)];
    expect(Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))).toBeLessThan(1e-3);
  });

  it.each([44_100, 48_000])('keeps 7 kHz from %i Hz, and drops what would fold back', async (rate) => {
    expect(loudness(inner(await resample(tone(7000, rate), rate, 16_000)))).toBeCloseTo(Math.SQRT1_2, 2);
    for (const hertz of [8300, 9000, 12_000, 19_000]) {
      expect(loudness(inner(await resample(tone(hertz, rate), rate, 16_000)))).toBeLessThan(1e-3);
    }
  });

  it('leaves a constant and the same rate alone', async () => {
    const ones = new Float32Array(2000).fill(1);
    expect(await resample(ones, 16_000, 16_000)).toBe(ones);
    inner(await resample(ones, 44_100, 16_000)).forEach((sample) => expect(sample).toBeCloseTo(1, 6));
  });
});
