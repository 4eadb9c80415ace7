/**
 * Noise makes Parakeet say "Yeah." or "No.": a transducer has no token for "nobody speaks", and must write a word as soon as one is
 * likelier than a blank. What a window says is taken for noise only where all of this holds:
 *  - it is a word or two, of six tokens at most, which is all that noise makes it say. A longer text that is unsure is mumbled, and has its confidence;
 *  - the words' tokens are, in the geometric mean, less probable than 1/e. No weights were there to tune that: it is the threshold below
 *    which OpenAI's Whisper decodes again, and below which `listening/nothing.ts` refuses any model's text, so that little is refused here that an
 *    editor would have taken. Marks do not count: that a full stop follows says nothing of whether anybody spoke;
 *  - nobody spoke just before: a word may be the end of what the window before began.
 */
import { leastLogProbability } from '../leastLogProbability';
import type { SpokenToken } from './transducer';

const mostWords = 2;
const mostTokens = 6;
/** Seconds: who is silent for so long has ended a sentence. */
export const longPause = 2;

const mark = /^\p{P}+$/u;

export interface SpokenWindow {
  /** What it says, in order, and each one's text, ' Yeah' or '.'. */
  readonly spoken: readonly SpokenToken[];
  textOf(token: number): string;
  /** Seconds between what was said before and its first word; Infinity where nothing was. */
  readonly pause: number;
}

export function isNoise({ spoken, textOf, pause }: SpokenWindow): boolean {
  if (spoken.length === 0 || pause < longPause) return false;
  const words = spoken.filter(({ token }) => !mark.test(textOf(token).trim()));
  const begun = words.filter(({ token }) => textOf(token).startsWith(' ')).length;
  const sum = words.reduce((total, { logProbability }) => total + logProbability, 0);
  const isShort = words.length > 0 && words.length <= mostTokens && begun <= mostWords;
  return isShort && sum / words.length < leastLogProbability;
}
