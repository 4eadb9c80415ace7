/** How alike two words sound and look: Double Metaphone and edit distance. */
import { doubleMetaphone } from 'double-metaphone';
import { distance } from 'fastest-levenshtein';

const codes = new Map<string, readonly [string, string]>();
const mostCodes = 20_000;

function soundOf(word: string): readonly [string, string] {
  let code = codes.get(word);
  if (!code) {
    if (codes.size >= mostCodes) codes.clear();
    code = doubleMetaphone(word);
    codes.set(word, code);
  }
  return code;
}

function ratio(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - distance(a, b) / longest;
}

/**
 * 0 … 1, half from the letters, half from the sounds; both words in lower case. Where the letters alone show that `least` is out of reach,
 * the answer is 0: sounds cost more to compare, and a large file has many names.
 */
export function similarity(a: string, b: string, least = 0): number {
  if (a === b) return 1;
  const letters = ratio(a, b);
  if ((letters + 1) / 2 < least) return 0;
  const [firstA, secondA] = soundOf(a);
  const [firstB, secondB] = soundOf(b);
  const sounds = Math.max(ratio(firstA, firstB), ratio(firstA, secondB), ratio(secondA, firstB));
  return (letters + sounds) / 2;
}

/** Whether a recogniser may have written `heard` for `meant`: the same sound and nearly the letters, or one letter off. */
export function soundsLike(heard: string, meant: string): boolean {
  if (meant.length < 4 || heard.length < 3) return false;
  const edits = distance(heard, meant);
  if (edits <= 1 && meant.length >= 6) return true;
  return edits <= 2 && soundOf(heard)[0] === soundOf(meant)[0];
}
