/**
 * What Whisper may say next. Source: OpenAI's decoding.py `ApplyTimestampRules`, and transformers' logits_process.py, which
 * differ in nothing that matters here.
 */
import { logSumExp } from '../logSumExp';
import type { WhisperTokens } from './tokens';

/**
 * Forbids, by −∞ and in place, what must not follow `generated` (the tokens since the prompt): suppressed ones; timestamps that
 * are no pairs, or go back; text, where a timestamp is the likelier.
 */
export function applyRules(logits: Float32Array, generated: readonly number[], tokens: WhisperTokens): void {
  for (const token of tokens.suppress) forbid(logits, token);
  if (generated.length === 0) for (const token of tokens.suppressAtBegin) forbid(logits, token);
  forbid(logits, tokens.noTimestamps);
  keepTimestampsInPairs(logits, generated, tokens);
  keepTimestampsInOrder(logits, generated, tokens);
  if (generated.length === 0) beginWithTimestamp(logits, tokens);
  if (timestampIsLikelier(logits, tokens.firstTimestamp)) logits.fill(-Infinity, 0, tokens.firstTimestamp);
}

function forbid(logits: Float32Array, token: number): void {
  if (token < logits.length) logits[token] = -Infinity;
}

/** A segment's end is followed by the next one's beginning, or by the end of all. */
function keepTimestampsInPairs(logits: Float32Array, generated: readonly number[], tokens: WhisperTokens): void {
  const { firstTimestamp, endOfText } = tokens;
  const [penultimate, last] = [generated.at(-2), generated.at(-1)];
  if (last === undefined || last < firstTimestamp) return;
  if (penultimate === undefined || penultimate >= firstTimestamp) logits.fill(-Infinity, firstTimestamp);
  else logits.fill(-Infinity, 0, endOfText);
}

function keepTimestampsInOrder(
  logits: Float32Array,
  generated: readonly number[],
  { firstTimestamp }: WhisperTokens,
): void {
  const latest = generated.findLast((token) => token >= firstTimestamp);
  if (latest === undefined) return;
  const isEnd = generated.at(-1) === latest && (generated.at(-2) ?? Infinity) < firstTimestamp;
  // A segment's beginning may be the end of the one before; its end lies behind its beginning.
  logits.fill(-Infinity, firstTimestamp, isEnd ? latest : latest + 1);
}

function beginWithTimestamp(logits: Float32Array, { firstTimestamp, maxInitialTimestamp }: WhisperTokens): void {
  logits.fill(-Infinity, 0, firstTimestamp);
  logits.fill(-Infinity, firstTimestamp + maxInitialTimestamp + 1);
}

/** Whether all timestamps together are more probable than the likeliest other token. */
function timestampIsLikelier(logits: Float32Array, firstTimestamp: number): boolean {
  let likeliestText = -Infinity;
  for (let token = 0; token < firstTimestamp; token++) likeliestText = Math.max(likeliestText, logits[token]!);
  return logSumExp(logits, firstTimestamp) > likeliestText;
}
