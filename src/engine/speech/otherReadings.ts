/**
 * Other readings of a sound. Where a token was drawn with a close rival, the rival is taken instead and the rest drawn greedily; the
 * closest first, also in readings found so. A beam would pay for every token of every reading; this pays for what is in doubt.
 */
import type { Drawn } from './draw';

/** A rival this much less probable (log) is no reading. */
const farthest = 4;
/** Attempts for each reading asked for: many differ in commas only. */
const attemptsEach = 2;

/** What was written once, by a model of any kind. */
export interface Writing {
  readonly tokens: readonly number[];
  /** A token. */
  readonly logProbabilities: readonly number[];
  /** A token: the likeliest other word in its place; null where there is none, or it was not drawn in this writing. */
  readonly rivals: readonly (Drawn | null)[];
  readonly cancelled: boolean;
}

export interface ReadingModel<W extends Writing> {
  textOf(writing: W): string;
  /** Up to token `at` as `from` has it, then `from`'s rival of that one, then greedily. */
  branch(from: W, at: number): Promise<W>;
}

interface Branch<W> {
  readonly from: W;
  readonly at: number;
  /** Log probability of the writing that it leaves, less what the rival costs. */
  readonly estimate: number;
}

/** At most `most` that sound otherwise than `best` and each other, the closest first. @throws inference_failed */
export async function otherReadings<W extends Writing>(
  best: W,
  most: number,
  { textOf, branch }: ReadingModel<W>,
): Promise<readonly W[]> {
  const seen = new Set([spoken(textOf(best))]);
  const found: W[] = [];
  const branches = branchesOf(best, 0);
  for (let tries = most * attemptsEach; tries > 0 && found.length < most && branches.length > 0; tries--) {
    branches.sort((a, b) => b.estimate - a.estimate);
    const { from, at } = branches.shift()!;
    const other = await branch(from, at);
    if (other.cancelled) break;
    branches.push(...branchesOf(other, at + 1));
    const text = spoken(textOf(other));
    if (text === '' || seen.has(text)) continue;
    seen.add(text);
    found.push(other);
  }
  return found;
}

/** What a branch begins with, the rival last: for models that go on from tokens alone. */
export function begunAt({ tokens, logProbabilities, rivals }: Writing, at: number): Drawn[] {
  const before = tokens.slice(0, at).map((token, i) => ({ token, logProbability: logProbabilities[i]! }));
  return [...before, rivals[at]!];
}

/** From token `first` on: what lies before was branched already. */
function branchesOf<W extends Writing>(from: W, first: number): Branch<W>[] {
  const { tokens, rivals, logProbabilities } = from;
  const total = logProbabilities.reduce((sum, value) => sum + value, 0);
  return rivals.slice(0, tokens.length).flatMap((rival, at) => {
    if (at < first || rival === null) return [];
    const cost = logProbabilities[at]! - rival.logProbability;
    return cost > farthest ? [] : [{ from, at, estimate: total - cost }];
  });
}

/** What differs in this sounds differently. */
const spoken = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
