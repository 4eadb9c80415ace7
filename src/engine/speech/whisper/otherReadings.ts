/**
 * Other readings of a window. Where a token was drawn with a close rival, the rival is taken instead and the rest drawn greedily; the
 * closest first, also in readings found so. A beam would pay for every token of every reading; this pays for what is in doubt.
 */
import type { Attempt } from './attempt';
import type { Drawn } from './draw';

/** A rival this much less probable (log) is no reading. */
const farthest = 4;
/** Attempts for each reading asked for: many differ in commas only. */
const attemptsEach = 2;

/** Tokens, and how probable (log) their words are. */
export interface Reading {
  readonly tokens: readonly number[];
  readonly score: number;
}

/** Timestamps left out. */
export const wordScore = ({ tokens, logProbabilities }: Attempt, endOfText: number): number =>
  tokens.reduce((sum, token, i) => (token < endOfText ? sum + logProbabilities[i]! : sum), 0);

export interface ReadingModel {
  /** From here on tokens are no words. */
  readonly endOfText: number;
  /** Of text tokens; timestamps are left out. */
  textOf(tokens: readonly number[]): string;
  /** Draws greedily on from these tokens after the prompt; they are part of what it returns. */
  goOn(begun: readonly Drawn[]): Promise<Attempt>;
}

interface Branch {
  readonly begun: readonly Drawn[];
  /** Log probability of the reading that it leaves, less what the rival costs. */
  readonly estimate: number;
}

export async function otherReadings(
  best: Attempt,
  most: number,
  { endOfText, textOf, goOn }: ReadingModel,
): Promise<readonly Reading[]> {
  const seen = new Set([spoken(textOf(best.tokens))]);
  const found: Reading[] = [];
  const branches = branchesOf(best, 0);
  for (let tries = most * attemptsEach; tries > 0 && found.length < most && branches.length > 0; tries--) {
    branches.sort((a, b) => b.estimate - a.estimate);
    const { begun } = branches.shift()!;
    const other = await goOn(begun);
    if (other.cancelled) break;
    branches.push(...branchesOf(other, begun.length));
    const text = spoken(textOf(other.tokens));
    if (text === '' || seen.has(text)) continue;
    seen.add(text);
    found.push({ tokens: other.tokens, score: wordScore(other, endOfText) });
  }
  return found;
}

/** From token `from` on: what lies before was branched already. */
function branchesOf({ tokens, rivals, logProbabilities }: Attempt, from: number): Branch[] {
  const total = logProbabilities.reduce((sum, value) => sum + value, 0);
  return rivals.slice(0, tokens.length).flatMap((rival, at) => {
    if (at < from || rival === null) return [];
    const cost = logProbabilities[at]! - rival.logProbability;
    if (cost > farthest) return [];
    const before = tokens.slice(0, at).map((token, i) => ({ token, logProbability: logProbabilities[i]! }));
    return [{ begun: [...before, rival], estimate: total - cost }];
  });
}

/** What differs in this sounds differently. */
const spoken = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
