import type { Attempt } from './attempt';

/** Tokens of a window, and how probable (log) their words are. */
export interface Reading {
  readonly tokens: readonly number[];
  readonly score: number;
}

/** Of text tokens only: timestamps, which lie behind `endOfText`, count for nothing. */
export const wordScore = ({ tokens, logProbabilities }: Attempt, endOfText: number): number =>
  tokens.reduce((sum, token, i) => (token < endOfText ? sum + logProbabilities[i]! : sum), 0);
