/** Words of code that recognisers take for everyday ones: put right where what stands beside them leaves no doubt. */
import type { Family } from './languages';

interface Misheard {
  readonly heard: readonly string[];
  readonly meant: readonly string[];
  readonly in?: readonly Family[];
  /** Words before it, one of them; '' at the beginning. */
  readonly after?: readonly string[];
  /** Words after it, one of them. */
  readonly before?: readonly string[];
}

const all: readonly Misheard[] = [
  { heard: ['funk'], meant: ['func'], in: ['go'], after: [''] },
  { heard: ['death'], meant: ['def'], in: ['python'], after: ['', 'async'] },
  { heard: ['deaf'], meant: ['def'], in: ['python'], after: ['', 'async'] },
  { heard: ['non'], meant: ['none'], in: ['python', 'rust'] },
  { heard: ['nun'], meant: ['none'], in: ['python', 'rust'] },
  { heard: ['truce'], meant: ['true'] },
  { heard: ['arrow'], meant: ['error'], after: ['new'] },
  { heard: ['air'], meant: ['err'], in: ['go'], before: ['colon', 'equals', 'not'] },
  { heard: ['aircolon'], meant: ['err', 'colon'], in: ['go'] },
  { heard: ['end', 'end'], meant: ['and', 'and'] },
  ...['our', 'are', 'or'].map((heard) => ({ heard: [heard, 'star'], meant: ['r', 'star'], in: ['go'] as const })),
  ...['there', 'their'].map((heard) => ({ heard: [heard], meant: ['error'], in: ['go'] as const, after: ['paren'] })),
  { heard: ['doted'], meant: ['dot', 'id'] },
  { heard: ['spd'], meant: ['as', 'pd'], in: ['python'] },
  { heard: ['snp'], meant: ['as', 'np'], in: ['python'] },
  { heard: ['pop', 'a'], meant: ['papa'], before: ['mike', 'mic', 'quebec'] },
];

/** `raw`: as it was recognised; what was misheard is replaced. */
export function withoutMishearings(raw: readonly string[], family: Family): string[] {
  const words = raw.map((word) => word.toLowerCase().replace(/[.,!?;:]+$/, ''));
  const right: string[] = [];
  for (let at = 0; at < words.length;) {
    const found = all.find((misheard) => isAt(misheard, words, at, family));
    right.push(...(found?.meant ?? [raw[at]!]));
    at += found?.heard.length ?? 1;
  }
  return right;
}

function isAt({ heard, in: families, after, before }: Misheard, words: readonly string[], at: number, family: Family) {
  if (families && !families.includes(family)) return false;
  if (!heard.every((word, i) => words[at + i] === word)) return false;
  if (after && !after.includes(words[at - 1] ?? '')) return false;
  return !before || before.includes(words[at + heard.length] ?? '');
}
