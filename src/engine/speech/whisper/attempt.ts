/** One attempt at a window: tokens until the end of text, and whether they can be trusted. */
import type { Session } from '../../native/addonTypes';
import { compressionRatio } from '../compressionRatio';
import type { Writing } from '../otherReadings';
import { draw, type Drawn, rivalOf } from './draw';
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
  /** Tokens that were fed behind the prompt already, as if they had been drawn. */
  readonly begun?: readonly Drawn[];
  readonly signal?: AbortSignal | undefined;
}

/** `session` has the prompt and what was begun in its cache, and the logits after it. */
export async function attempt(session: Session, tokens: WhisperTokens, options: AttemptOptions): Promise<Attempt> {
  const { temperature, random, room, begun = [], signal } = options;
  const drawn = begun.map(({ token }) => token);
  const logProbabilities = begun.map(({ logProbability }) => logProbability);
  const rivals: (Drawn | null)[] = begun.map(() => null);
  let ended = false;
  while (!ended && drawn.length < room && !signal?.aborted) {
    if (drawn.length > begun.length) await session.prefill(drawn.slice(-1));
    const logits = session.logits();
    applyRules(logits, drawn, tokens);
    const next = draw(logits, temperature, random);
    rivals.push(rivalOf(logits, next, (token) => token < tokens.endOfText));
    drawn.push(next.token);
    logProbabilities.push(next.logProbability);
    ended = next.token === tokens.endOfText;
  }
  const sum = logProbabilities.reduce((total, value) => total + value, 0);
  return {
    tokens: ended ? drawn.slice(0, -1) : drawn,
    logProbabilities: ended ? logProbabilities.slice(0, -1) : logProbabilities,
    rivals,
    temperature,
    avgLogProbability: drawn.length === 0 ? 0 : sum / drawn.length,
    compressionRatio: compressionRatio(drawn),
    cancelled: signal?.aborted ?? false,
  };
}
