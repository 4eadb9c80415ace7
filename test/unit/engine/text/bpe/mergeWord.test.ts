import { describe, expect, it } from 'vitest';
import { mergeWord } from '../../../../../src/engine/text/bpe/mergeWord';
import { buildTables, idOf, mergeRank } from '../../../../../src/engine/text/bpe/tables';

const merges = [
  ['a', 'b'],
  ['b', 'c'],
  ['ab', 'c'],
  ['x', 'x'],
  ['nowhere', 'a'],
] as const;
const spellings = ['a', 'b', 'c', 'x', 'ab', 'bc', 'abc', 'xx', undefined, '日'];
const tables = buildTables(spellings, merges, merges.length);
const merged = (word: string) =>
  mergeWord(
    tables,
    Int32Array.from([...word], (character) => idOf(tables, character)),
  ).map((id) => spellings[id] ?? '?');

describe('byte-pair encoding', () => {
  it('merges in order of rank, leftmost first', () => {
    expect(merged('abc')).toEqual(['abc']);
    expect(merged('bc')).toEqual(['bc']);
    expect(merged('xxx')).toEqual(['xx', 'x']);
    expect(merged('xabcabx')).toEqual(['x', 'abc', 'ab', 'x']);
    expect(merged('a')).toEqual(['a']);
    expect(merged('')).toEqual([]);
  });

  it('keeps unknown characters apart and in place', () => {
    expect(merged('a?b日abc')).toEqual(['a', '?', 'b', '日', 'abc']);
  });

  it('agrees with trying every pair again and again', () => {
    for (let n = 0; n < 300; n++) {
      const word = Array.from({ length: n % 23 }, (_, i) => 'abcx'[(n * 7 + i * i * 3 + (i >> 1)) % 4]).join('');
      expect(merged(word)).toEqual(slowly(word));
    }
  });

  it('finds ids and ranks, and nothing where there is none', () => {
    expect(spellings.map((spelling) => (spelling === undefined ? 8 : idOf(tables, spelling)))).toEqual([
      ...spellings.keys(),
    ]);
    expect(idOf(tables, 'abcd')).toBe(-1);
    expect(idOf(tables, '')).toBe(-1);
    expect(mergeRank(tables, 0, 1)).toBe(0);
    expect(mergeRank(tables, 1, 0)).toBe(-1);
  });
});

function slowly(word: string): string[] {
  const parts = [...word];
  for (;;) {
    const ranks = parts.slice(1).map((right, i) => merges.findIndex(([a, b]) => a === parts[i] && b === right));
    const best = Math.min(...ranks.filter((rank) => rank >= 0));
    if (best === Infinity) return parts;
    const at = ranks.indexOf(best);
    parts.splice(at, 2, parts[at]! + parts[at + 1]!);
  }
}
