/**
 * The palette's titles against what was said, word by word: words in any order, misspelled or misheard, the rarer the word the more it
 * counts. A spoken title comes whole, which is why this is not a fuzzy finder: those match the letters that a typist begins with.
 */
import type { PaletteCommand } from '../../../protocol';
import { similarity } from '../dictation/similarity';

export interface PaletteMatch {
  readonly entry: PaletteCommand;
  /** 0 … 1 */
  readonly score: number;
}

const ignored = new Set(['the', 'a', 'an', 'to', 'of', 'in', 'on', 'for', 'and', 'my', 'me', 'this', 'that', 'it']);
const synonyms = new Map(
  Object.entries({
    show: 'open',
    display: 'open',
    view: 'open',
    remove: 'delete',
    choose: 'select',
    pick: 'select',
    change: 'select',
  }),
);

export function matchPalette(texts: readonly string[], palette: readonly PaletteCommand[], most = 5): PaletteMatch[] {
  const said = significant(texts);
  if (said.length === 0) return [];
  const entries = palette.map((entry) => ({
    entry,
    words: titleWords(entry.title),
    category: titleWords(entry.category ?? ''),
  }));
  const weight = rarity(entries.map(({ words }) => words));
  return entries
    .map(({ entry, words, category }) => ({ entry, score: score(said, words, category, weight) }))
    .filter(({ score }) => score >= 0.5)
    .sort((a, b) => b.score - a.score)
    .slice(0, most);
}

function titleWords(title: string): string[] {
  const words = title
    .replace(/\([^)]*\)/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}']+/u);
  return significant(words);
}

function significant(words: readonly string[]): string[] {
  const kept = words.filter((word) => word !== '' && !ignored.has(word));
  return kept.map((word) => synonyms.get(word) ?? word);
}

/** How much a word tells: little where many titles have it. */
function rarity(titles: readonly (readonly string[])[]): (word: string) => number {
  const counts = new Map<string, number>();
  for (const title of titles) for (const word of new Set(title)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return (word) => Math.log(1 + titles.length / (1 + (counts.get(word) ?? 0)));
}

/** Dice's coefficient over weighted words, each counted as far as its best counterpart is alike. */
function score(
  said: readonly string[],
  title: readonly string[],
  category: readonly string[],
  weight: (word: string) => number,
): number {
  if (title.length === 0) return 0;
  const covered = (from: readonly string[], by: readonly string[]) => {
    let [hit, all] = [0, 0];
    for (const word of from) {
      all += weight(word);
      hit += weight(word) * Math.max(0, ...by.map((other) => alike(word, other)));
    }
    return { hit, all };
  };
  const heard = covered(said, [...title, ...category]);
  const asked = covered(title, said);
  return (heard.hit + asked.hit) / (heard.all + asked.all);
}

function alike(a: string, b: string): number {
  if (a === b) return 1;
  if (a.length >= 3 && (a === `${b}s` || b === `${a}s`)) return 0.97;
  const likeness = similarity(a, b, 0.75);
  return likeness >= 0.75 ? likeness * 0.95 : 0;
}
