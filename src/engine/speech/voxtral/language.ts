import { invalidArgument } from '../../errors';

/** What Voxtral was trained to hear, Realtime's languages included. */
const known = ['ar', 'de', 'en', 'es', 'fr', 'hi', 'it', 'ja', 'ko', 'nl', 'pt', 'ru', 'zh'];

/** The code of a code ('de') or an English name ('German'). @throws invalid_argument */
export function languageCode(name: string): string {
  const wanted = name.trim().toLowerCase();
  const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  const code = known.find((each) => each === wanted || names.of(each)?.toLowerCase() === wanted);
  if (code) return code;
  throw invalidArgument(`This model does not know the language "${name}".`, `It knows ${known.join(', ')}.`);
}
