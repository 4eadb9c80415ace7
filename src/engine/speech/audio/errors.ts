/** One factory a failure of a sound file. */
import { PteronError } from '../../../protocol';

export function audioInvalid(why: string): PteronError {
  return new PteronError(
    'audio_invalid',
    `The sound cannot be read: ${why}.`,
    'Give a WAV file in PCM (8, 16, 24 or 32 bits) or floating point; `ffmpeg -i FILE out.wav` makes one of any other.',
  );
}

export function audioTooLong(seconds: number, most: number): PteronError {
  return new PteronError(
    'audio_too_long',
    `The sound lasts ${Math.round(seconds / 60)} minutes, where ${Math.round(most / 60)} are the most.`,
    'Cut it into shorter files.',
  );
}
