import { audioTooLong } from './errors';
import { resample } from './resample';
import { parseWav } from './wav';

/** What speech models hear: samples a second. */
export const speechRate = 16_000;
/** Two hours: features and samples of more would take gigabytes. */
export const longestSeconds = 7200;

/** A sound file's samples as a speech model takes them. @throws audio_invalid, audio_too_long */
export async function decodeAudio(file: Uint8Array): Promise<Float32Array> {
  const { samples, rate } = parseWav(file);
  if (samples.length > longestSeconds * rate) throw audioTooLong(samples.length / rate, longestSeconds);
  return resample(samples, rate, speechRate);
}
