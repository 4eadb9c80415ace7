import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../../../../src/engine/text/tokenizer';
import type { Attempt } from '../../../../../src/engine/speech/whisper/attempt';
import { guidedReadings, phraseTree } from '../../../../../src/engine/speech/whisper/guidedReadings';

/** A word is a token: its place in this list; 90 and above are no words. */
const words = ['split', 'delete', 'terminal', 'go', 'to', 'fetch', 'orders', 'home', 'slit', '.', 'the'];
const endOfText = 90;
const tokenizer = {
  encode: (text: string) =>
    text
      .trim()
      .toLowerCase()
      .split(' ')
      .map((word) => words.indexOf(word)),
} as unknown as Tokenizer;
const textOf = (tokens: readonly number[]) =>
  tokens
    .filter((token) => token < endOfText)
    .map((token) => words[token])
    .join(' ');

const attempt = (tokens: readonly number[], each: number): Attempt => ({
  tokens,
  logProbabilities: tokens.map(() => each),
  rivals: [],
  temperature: 0,
  avgLogProbability: each,
  compressionRatio: 1,
  cancelled: false,
});

/** `heard`: log probabilities of tokens by place; what it does not name is at −20. */
function guided(free: Attempt, heard: readonly Readonly<Record<string, number>>[], names: readonly string[] = []) {
  const phrases = [
    { text: 'split terminal', open: false },
    { text: 'delete terminal', open: false },
    { text: 'go', open: false },
    { text: 'go to', open: 'name' },
  ] as const;
  const trees = {
    phrases: phraseTree(phrases, tokenizer),
    names: phraseTree(
      names.map((text) => ({ text, open: false as const })),
      tokenizer,
    ),
  };
  const logitsAfter = async (tokens: readonly number[]) => {
    const logits = new Float32Array(endOfText + 10).fill(-20);
    for (const [word, value] of Object.entries(heard[tokens.length - 1] ?? { end: 0 })) {
      logits[word === 'end' ? endOfText : words.indexOf(word)] = value;
    }
    return logits;
  };
  const goOn = async () => attempt([91, 3, 4, 7], -0.5);
  const model = { endOfText, article: words.indexOf('the'), fullStop: words.indexOf('.'), textOf, logitsAfter, goOn };
  return guidedReadings(free, trees, model).then((found) => found.map(({ tokens }) => textOf(tokens)));
}

describe('guided readings', () => {
  it('are the phrases that the sound supports, likeliest first', async () => {
    const heard = [{ slit: -0.4, split: -1.5, delete: -3 }, { terminal: -0.1 }, { end: -0.1 }];
    expect(await guided(attempt([91, 8, 2], -0.3), heard)).toEqual(['split terminal', 'delete terminal']);
  });

  it('are none where no phrase is nearly as probable as what was heard', async () => {
    const heard = [{ slit: -0.1, split: -12 }, { terminal: -0.1 }, { end: -0.1 }];
    expect(await guided(attempt([91, 8, 2], -0.1), heard)).toEqual([]);
  });

  it('are not the beginning of what was heard, which would be another command', async () => {
    const heard = [{ go: -0.1 }, { terminal: -0.5, end: -1 }];
    expect(await guided(attempt([91, 3, 2], -0.3), heard)).toEqual([]);
  });

  it('may have an article between their words', async () => {
    const heard = [{ split: -0.4 }, { the: -0.1 }, { terminal: -0.1 }, { end: -0.1 }];
    expect(await guided(attempt([91, 8, 10, 2], -0.3), heard)).toEqual(['split the terminal']);
  });

  it('go on with names of the file, and with any words', async () => {
    const heard = [{ go: -0.1 }, { to: -0.1 }, { fetch: -2, home: -0.5 }, { orders: -0.1 }, { end: -0.1 }];
    expect(await guided(attempt([91, 3, 4, 7, 7], -0.3), heard, ['fetch orders'])).toEqual([
      'go to home',
      'go to fetch orders',
    ]);
  });
});
