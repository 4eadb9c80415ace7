/**
 * Readings of a window that are phrases which might be said here: a beam search over the decoder that may only draw what continues one
 * of them. It says how probable each is, and what is much less probable than the free reading is given up, so noise fits none.
 */
import type { Tokenizer } from '../../text/tokenizer';
import type { ExpectedPhrase } from '../recognizer';
import type { Attempt } from './attempt';
import type { Drawn } from '../draw';
import { logSumExp } from '../logSumExp';
import { type Reading, wordScore } from './reading';

const width = 6;
/** A phrase may be so much less probable (log) than the free reading, and a token of it so improbable on average. */
const farthest = 8;
const leastAverage = -4.4;
/** A phrase has about as many letters as what was heard freely: the beginning of it would be another command. */
const lengths = { least: 0.6, most: 1.7 };
/** Phrases with a free end that are gone on with. */
const mostOpen = 2;
const mostFound = 6;

/** Phrases as a tree of their tokens. */
export interface PhraseTree {
  readonly next: Map<number, PhraseTree>;
  /** A phrase ends here. */
  ends: boolean;
  /** A phrase goes on with any words, or with a name. */
  open: ExpectedPhrase['open'];
}

const leaf = (): PhraseTree => ({ next: new Map(), ends: false, open: false });

/** Each phrase as Whisper writes it: behind a space, with a capital or without. */
export function phraseTree(phrases: readonly ExpectedPhrase[], tokenizer: Tokenizer): PhraseTree {
  const root = leaf();
  for (const { text, open } of phrases) {
    for (const written of new Set([text, text.charAt(0).toUpperCase() + text.slice(1)])) {
      let node = root;
      for (const token of tokenizer.encode(` ${written}`)) {
        const next = node.next.get(token) ?? leaf();
        node.next.set(token, next);
        node = next;
      }
      if (open) node.open = node.open === 'name' ? 'name' : open;
      else node.ends = true;
    }
  }
  return root;
}

export interface GuidedModel {
  /** From here on tokens are no words. */
  readonly endOfText: number;
  /** " the", which phrases are written without, and may be said between their words. */
  readonly article: number;
  readonly fullStop: number;
  /** Of text tokens; timestamps are left out. */
  textOf(tokens: readonly number[]): string;
  /** Draws greedily on from these tokens after the prompt; they are part of what it returns. */
  goOn(begun: readonly Drawn[]): Promise<Attempt>;
  /** After these tokens behind the prompt. */
  logitsAfter(tokens: readonly number[]): Promise<Float32Array>;
}

interface Hypothesis {
  readonly node: PhraseTree;
  readonly drawn: readonly Drawn[];
  readonly score: number;
}

/** Likeliest first. `free`: the best reading without guidance. */
export async function guidedReadings(
  free: Attempt,
  { phrases, names }: { readonly phrases: PhraseTree; readonly names: PhraseTree },
  model: GuidedModel,
): Promise<readonly Reading[]> {
  const found: Reading[] = [];
  const opens: Hypothesis[] = [];
  const floor = wordScore(free, model.endOfText) - farthest;
  // The window begins with the timestamp that it begins with freely.
  const first = free.tokens.slice(0, 1).map((token) => ({ token, logProbability: 0 }));
  for (let beam: Hypothesis[] = [{ node: phrases, drawn: first, score: 0 }]; beam.length > 0;) {
    const next: Hypothesis[] = [];
    for (const hypothesis of beam) {
      const { node, drawn, score } = hypothesis;
      const logits = await model.logitsAfter(drawn.map(({ token }) => token));
      const total = logSumExp(logits);
      if (node.open) opens.push(hypothesis);
      if (node.ends)
        found.push({ tokens: drawn.map(({ token }) => token), score: score + ending(logits, model) - total });
      const children = node.open === 'name' ? [...node.next, ...names.next] : node.next;
      for (const [token, child] of children) {
        const logProbability = logits[token]! - total;
        if (score + logProbability < floor) continue;
        next.push({ node: child, drawn: [...drawn, { token, logProbability }], score: score + logProbability });
      }
      const the = articleAfter(hypothesis, model.article, logits[model.article]! - total);
      if (the && the.score >= floor) next.push(the);
    }
    beam = next.sort((a, b) => b.score - a.score).slice(0, width);
  }
  for (const { drawn } of opens.sort((a, b) => b.score - a.score).slice(0, mostOpen)) {
    const whole = await model.goOn(drawn);
    found.push({ tokens: whole.tokens, score: wordScore(whole, model.endOfText) });
  }
  const letters = lettersIn(model.textOf(free.tokens));
  const likely = found.filter(({ tokens, score }) => {
    const share = lettersIn(model.textOf(tokens)) / letters;
    const isLikely = score >= floor && score >= leastAverage * (tokens.length - 1);
    return isLikely && share >= lengths.least && share <= lengths.most;
  });
  return likely.sort((a, b) => b.score - a.score).slice(0, mostFound);
}

function articleAfter({ node, drawn, score }: Hypothesis, article: number, logProbability: number): Hypothesis | null {
  if (drawn.length < 2 || drawn.at(-1)!.token === article || node.next.size === 0) return null;
  const { next } = node;
  return {
    node: { next, ends: false, open: node.open },
    drawn: [...drawn, { token: article, logProbability }],
    score: score + logProbability,
  };
}

/** log Σ exp of all that ends a phrase: the end of text, a timestamp, a full stop. */
function ending(logits: Float32Array, { endOfText, fullStop }: GuidedModel): number {
  return Math.log(Math.exp(logSumExp(logits, endOfText) - 20) + Math.exp(logits[fullStop]! - 20)) + 20;
}

const lettersIn = (text: string): number => text.replace(/[^\p{L}\p{N}]/gu, '').length;
