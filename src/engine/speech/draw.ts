/** Draws one token. */
import { logSumExp } from './logSumExp';

export interface Drawn {
  readonly token: number;
  /** Of this token at temperature 1, whatever it was drawn at. */
  readonly logProbability: number;
}

/** `random`: 0 ≤ x < 1, asked only at a temperature above 0. */
export function draw(logits: Float32Array, temperature: number, random: () => number): Drawn {
  const token = temperature > 0 ? sample(logits, temperature, random()) : likeliest(logits);
  return { token, logProbability: logits[token]! - logSumExp(logits) };
}

/** The likeliest word besides a word that was drawn. `isWord`: asked of few tokens. */
export function rivalOf(
  logits: Float32Array,
  { token: drawn, logProbability }: Drawn,
  isWord: (token: number) => boolean,
): Drawn | null {
  if (!isWord(drawn)) return null;
  let [best, most] = [-1, -Infinity];
  for (let token = 0; token < logits.length; token++) {
    if (logits[token]! > most && token !== drawn && isWord(token)) [best, most] = [token, logits[token]!];
  }
  return best < 0 ? null : { token: best, logProbability: logProbability - (logits[drawn]! - most) };
}

export function likeliest(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token;
  return best;
}

/** The `most` likeliest tokens, likeliest first; less where the others are impossible. */
export function likeliestOf(logits: Float32Array, most: number): Drawn[] {
  const total = logSumExp(logits);
  const found: number[] = [];
  for (let token = 0; token < logits.length; token++) {
    const logit = logits[token]!;
    if (logit === -Infinity || (found.length === most && logit <= logits[found[most - 1]!]!)) continue;
    let at = Math.min(found.length, most - 1);
    for (; at > 0 && logits[found[at - 1]!]! < logit; at--) found[at] = found[at - 1]!;
    found[at] = token;
  }
  return found.map((token) => ({ token, logProbability: logits[token]! - total }));
}

function sample(logits: Float32Array, temperature: number, at: number): number {
  const heated = logits.map((logit) => logit / temperature);
  const total = logSumExp(heated);
  let [left, last] = [at, 0];
  for (let token = 0; token < heated.length; token++) {
    const probability = Math.exp(heated[token]! - total);
    if (probability === 0) continue;
    last = token;
    left -= probability;
    if (left < 0) return token;
  }
  return last;
}

/** The same numbers on every machine. Source: Steele and Vigna's SplitMix, 32 bits ("mulberry32"). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
