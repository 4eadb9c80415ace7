import { describe, expect, it } from 'vitest';
import { beamSearch, type BeamOptions } from '../../../../../src/engine/speech/whisper/beamSearch';
import type { Drawn } from '../../../../../src/engine/speech/draw';

/** Words are one letter; '.' ends the text. */
const letters = 'abcdefgh.';
const endOfText = letters.indexOf('.');
const spell = (drawn: readonly { readonly token: number }[]) => drawn.map(({ token }) => letters[token]).join('');

/** Written so far → the probabilities of what may follow. Where nothing is said, the text ends. */
type Language = Readonly<Record<string, Readonly<Record<string, number>>>>;

function search(language: Language, options: Partial<BeamOptions> = {}) {
  const asked: string[][] = [];
  const model = {
    endOfText,
    continuations: async (sequences: readonly (readonly number[])[], most: number) => {
      const written = sequences.map((tokens) => spell(tokens.map((token) => ({ token }))));
      asked.push(written);
      return written.map((text): Drawn[] =>
        Object.entries(language[text] ?? { '.': 1 })
          .map(([letter, probability]) => ({ token: letters.indexOf(letter), logProbability: Math.log(probability) }))
          .sort((a, b) => b.logProbability - a.logProbability)
          .slice(0, most),
      );
    },
  };
  return { asked, found: beamSearch(model, { width: 5, room: 20, ...options }) };
}

/** "ac" is what a greedy search finds; "bd" is the likelier. */
const misleading: Language = {
  '': { a: 0.6, b: 0.4 },
  a: { c: 0.3, d: 0.25, e: 0.25, f: 0.2 },
  b: { d: 0.9, e: 0.1 },
};

describe('a beam search', () => {
  it('finds the likeliest sequence where greedy drawing is misled', async () => {
    const { drawn, logProbability } = await search(misleading).found;
    expect(spell(drawn)).toBe('bd.');
    expect(logProbability).toBeCloseTo(Math.log(0.4 * 0.9), 6);
  });

  it('of width 1 is greedy', async () => {
    const { asked, found } = search(misleading, { width: 1 });
    expect(spell((await found).drawn)).toBe('ac.');
    expect(asked).toEqual([[''], ['a'], ['ac']]);
  });

  it('goes on with as many sequences as it is wide, and ends when as many have ended', async () => {
    const equal = { a: 0.2, b: 0.2, c: 0.2, d: 0.2, '.': 0.2 };
    const language: Language = Object.fromEntries(
      ['', ...'abcd', ...[...'abcd'].flatMap((x) => [...'abcd'].map((y) => x + y))].map((text) => [text, equal]),
    );
    const { asked, found } = search(language, { width: 2 });
    await found;
    expect(asked.map(({ length }) => length).slice(0, 3)).toEqual([1, 2, 2]);
    expect(asked.length).toBeLessThan(20);
  });

  it('prefers the best log probability a token: a short end is not better for being short', async () => {
    const language: Language = {
      '': { a: 0.5, b: 0.5 },
      a: { '.': 0.5, c: 0.5 },
      b: { c: 0.9, d: 0.1 },
      bc: { d: 0.55, e: 0.45 },
    };
    // a.: 0.25 of one word; bcd.: 0.2475 of three.
    expect(spell((await search(language).found).drawn)).toBe('bcd.');
  });

  it('gives up what is far less probable than the likeliest, so that a sure model is asked as rarely as by greedy drawing', async () => {
    const sure: Language = { '': { a: 0.9999, b: 0.0001 }, a: { b: 0.9999, c: 0.0001 } };
    const { asked, found } = search(sure);
    expect(spell((await found).drawn)).toBe('ab.');
    expect(asked).toEqual([[''], ['a'], ['ab']]);
  });

  it('says of each word which other was likeliest in its place', async () => {
    const { rivals } = await search(misleading).found;
    expect(rivals.map((rival) => rival && letters[rival.token])).toEqual(['a', 'e', null]);
  });

  it('ends where there is no more room, with what it has', async () => {
    const endless: Language = Object.fromEntries(['', 'a', 'aa', 'aaa'].map((text) => [text, { a: 0.7, b: 0.3 }]));
    const { drawn } = await search(endless, { room: 3 }).found;
    expect(spell(drawn)).toBe('aaa');
  });

  it('ends in the middle when it is cancelled', async () => {
    const abort = new AbortController();
    const { asked, found } = search(
      {
        get a() {
          abort.abort();
          return { b: 1 };
        },
        '': { a: 1 },
        ab: { c: 1 },
      },
      { signal: abort.signal },
    );
    expect(spell((await found).drawn)).toBe('ab');
    expect(asked).toEqual([[''], ['a']]);
  });

  it('finds nothing where it was cancelled before it began', async () => {
    const { asked, found } = search(misleading, { signal: AbortSignal.abort() });
    expect(await found).toMatchObject({ drawn: [], logProbability: 0 });
    expect(asked).toEqual([]);
  });
});
