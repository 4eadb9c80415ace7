/** One attempt at a window: tokens until the end of text, and whether they can be trusted. */
import { compressionRatio } from '../compressionRatio';
import type { Writing } from '../otherReadings';
import { draw, type Drawn, rivalOf } from '../draw';
import { applyRules } from './logitRules';
import type { WhisperTokens } from './tokens';

/** Without the end of text; timestamps have no rivals. */
export interface Attempt extends Writing {
  readonly temperature: number;
  /** Mean log probability of all tokens, the end of text included. */
  readonly avgLogProbability: number;
  readonly compressionRatio: number;
}

export interface AttemptOptions {
  readonly temperature: number;
  readonly random: () => number;
  /** Most tokens, the end of text included. */
  readonly room: number;
  /** The first tokens, as if they had been drawn. */
  readonly begun?: readonly Drawn[];
  readonly signal?: AbortSignal | undefined;
}

/** Draws token by token. `logitsAfter`: of these tokens behind the prompt. */
export async function attempt(
  logitsAfter: (drawn: readonly number[]) => Promise<Float32Array>,
  tokens: WhisperTokens,
  options: AttemptOptions,
): Promise<Attempt> {
  const { temperature, random, room, begun = [], signal } = options;
  const drawn = [...begun];
  const rivals: (Drawn | null)[] = begun.map(() => null);
  while (drawn.at(-1)?.token !== tokens.endOfText && drawn.length < room && !signal?.aborted) {
    const before = drawn.map(({ token }) => token);
    const logits = await logitsAfter(before);
    applyRules(logits, before, tokens);
    const next = draw(logits, temperature, random);
    rivals.push(rivalOf(logits, next, (token) => token < tokens.endOfText));
    drawn.push(next);
  }
  return attemptOf(
    { drawn, rivals },
    { temperature, endOfText: tokens.endOfText, cancelled: signal?.aborted ?? false },
  );
}

interface About {
  readonly temperature: number;
  readonly endOfText: number;
  readonly cancelled: boolean;
}

/** `drawn`: the end of text included, where it was drawn. */
export function attemptOf(
  { drawn, rivals }: { readonly drawn: readonly Drawn[]; readonly rivals: readonly (Drawn | null)[] },
  { temperature, endOfText, cancelled }: About,
): Attempt {
  const sum = drawn.reduce((total, { logProbability }) => total + logProbability, 0);
  const kept = drawn.at(-1)?.token === endOfText ? drawn.slice(0, -1) : drawn;
  return {
    tokens: kept.map(({ token }) => token),
    logProbabilities: kept.map(({ logProbability }) => logProbability),
    rivals,
    temperature,
    avgLogProbability: drawn.length === 0 ? 0 : sum / drawn.length,
    compressionRatio: compressionRatio(drawn.map(({ token }) => token)),
    cancelled,
  };
}
