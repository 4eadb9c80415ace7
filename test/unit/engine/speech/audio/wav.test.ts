import { describe, expect, it } from 'vitest';
import { decodeAudio, longestSeconds } from '../../../../../src/engine/speech/audio/decodeAudio';
import { parseWav } from '../../../../../src/engine/speech/audio/wav';
import { makeWav, type WavOptions } from './makeWav';

const ramp = Array.from({ length: 64 }, (_, i) => i / 64 - 0.5);
const formats: WavOptions[] = [
  { bits: 8 },
  { bits: 16 },
  { bits: 24 },
  { bits: 32 },
  { bits: 32, float: true },
  { bits: 64, float: true },
  { bits: 24, extensible: true },
  { bits: 32, float: true, extensible: true, rate: 44_100 },
];

describe('a WAV file', () => {
  it.each(formats)('is read as it was written: %j', (options) => {
    const { samples, rate } = parseWav(makeWav(ramp, options));
    expect(rate).toBe(options.rate ?? 16_000);
    expect(samples.length).toBe(64);
    const tolerance = options.bits === 8 ? 0.01 : 1e-4;
    expect(Math.max(...samples.map((sample, i) => Math.abs(sample - ramp[i]!)))).toBeLessThan(tolerance);
  });

  it('is mixed to one channel', () => {
    const stereo = ramp.flatMap((sample) => [sample, 0]);
    const { samples } = parseWav(makeWav(stereo, { channels: 2, bits: 32, float: true }));
    samples.forEach((sample, i) => expect(sample).toBeCloseTo(ramp[i]! / 2, 6));
  });

  it('may have been written into a pipe, its length unknown', () => {
    const file = makeWav(ramp);
    file.writeUInt32LE(0xffff_ffff, file.indexOf('data') + 4);
    expect(parseWav(file).samples.length).toBe(64);
  });

  const changed = (change: (file: Buffer) => void): Buffer => {
    const file = makeWav(ramp);
    change(file);
    return file;
  };
  const format = makeWav(ramp).indexOf('fmt ') + 8;
  it.each<[string, Buffer]>([
    ['is no WAV file', Buffer.from('ID3 an mp3 file of some length')],
    ['is empty', Buffer.alloc(0)],
    ['holds no samples', makeWav([])],
    ['is cut off', makeWav(ramp).subarray(0, -20)],
    ['ends in its header', makeWav(ramp).subarray(0, 30)],
    ['has a compressed encoding', changed((file) => file.writeUInt16LE(85, format))],
    ['has no channel', changed((file) => file.writeUInt16LE(0, format + 2))],
    ['has a rate of 0', changed((file) => file.writeUInt32LE(0, format + 4))],
    ['has 12 bits a sample', changed((file) => file.writeUInt16LE(12, format + 14))],
    ['has its samples before its format', changed((file) => file.write('fmt_', format - 8, 'latin1'))],
    ['holds what is no number', makeWav([0, NaN], { bits: 32, float: true })],
  ])('is refused where it %s', (_, file) => {
    expect(() => parseWav(file)).toThrow(expect.objectContaining({ code: 'audio_invalid' }));
  });

  it('is refused where it would take hours', async () => {
    const file = makeWav(new Float32Array(1000 * (longestSeconds + 1)), { rate: 1000, bits: 8 });
    await expect(decodeAudio(file)).rejects.toMatchObject({ code: 'audio_too_long' });
  });
});
