/** Which language is spoken: as the caller says, or as the model hears. */
import { invalidArgument } from '../../errors';
import { logSumExp } from '../logSumExp';
import type { WhisperTokens } from './tokens';

export interface SpokenLanguage {
  readonly code: string;
  /** 1 where the caller said so. */
  readonly probability: number;
}

/** `logits`: after the start of transcript alone. */
export function hearLanguage(logits: Float32Array, { languages }: WhisperTokens): SpokenLanguage {
  const codes = Object.keys(languages);
  const scores = Float32Array.from(codes, (code) => logits[languages[code]!]!);
  const best = scores.indexOf(Math.max(...scores));
  return { code: codes[best]!, probability: Math.exp(scores[best]! - logSumExp(scores)) };
}

/** A code ('de') or an English name ('German'). @throws invalid_argument */
export function languageCalled(name: string, { languages }: WhisperTokens): SpokenLanguage {
  const wanted = name.toLowerCase();
  const codes = Object.keys(languages);
  if (codes.length === 0) {
    if (wanted === 'en' || wanted === 'english') return { code: 'en', probability: 1 };
    throw invalidArgument(`This model knows English only, not "${name}".`, 'Use a multilingual model.');
  }
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  const code = codes.find((each) => each === wanted || names.of(each)?.toLowerCase() === wanted);
  if (code) return { code, probability: 1 };
  throw invalidArgument(`This model does not know the language "${name}".`, `It knows ${codes.join(', ')}.`);
}

export const englishOnly = () =>
  invalidArgument('This model knows English only and has nothing to translate.', 'Use a multilingual model.');
