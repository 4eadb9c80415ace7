/**
 * Which part of a document before the cursor becomes the prompt.
 *
 * A document longer than the context loses its start, at a line boundary. If the cut followed the cursor, every
 * keystroke would shift all tokens and nothing in the KV cache could be reused; so it moves only in steps of a quarter
 * of the context. The cut is a function of absolute offsets in the document, not of earlier requests.
 */
import type { PromptEncoder } from './promptEncoder';

/** How many times the probing text's characters a token may hold, over a whole window; spares encoding what cannot fit. */
const densestText = 2;

export interface PromptWindow {
  /** Offset in the document at which the prompt starts. */
  readonly start: number;
  readonly tokens: readonly number[];
}

export interface WindowLimits {
  /** Tokens that the prompt may have. */
  readonly budget: number;
  readonly contextLength: number;
}

/** `text` is the document from `offset` (UTF-16 units) up to the cursor. Never more than `budget` tokens. */
export function promptWindow(encoder: PromptEncoder, text: string, offset: number, limits: WindowLimits): PromptWindow {
  const quarter = Math.max(1, Math.floor(limits.contextLength / 4));
  // From a constant of the tokenizer: an estimate that moved would move the cut.
  const step = Math.ceil(quarter * encoder.charactersPerToken);
  const end = offset + text.length;
  const reach = end - Math.ceil(limits.budget * encoder.charactersPerToken * densestText);
  let index = Math.max(0, Math.ceil(Math.max(offset, reach) / step));
  let start = candidate(text, offset, index, step);
  // A caller that sent little text gets all of it used, at the price of a cut that moves with what it sends.
  if (end - start < text.length / 2 && reach <= offset) start = offset;
  for (;;) {
    const tokens = encoder.encode(normalizeNewlines(text.slice(start - offset)));
    if (tokens.length <= limits.budget) return { start, tokens };
    const next = candidate(text, offset, ++index, step);
    if (next >= end) return { start, tokens: dropQuarters(tokens, limits.budget, quarter) };
    start = Math.max(start, next);
  }
}

/** The first line start at or after `index` steps; inside a line longer than a step, the step itself. */
function candidate(text: string, offset: number, index: number, step: number): number {
  const from = index * step - offset;
  if (from <= 0) return offset;
  const newline = text.indexOf('\n', from - 1);
  if (newline >= 0 && newline - from < step) return offset + newline + 1;
  const insidePair = (text.charCodeAt(from) & 0xfc00) === 0xdc00;
  return offset + from + (insidePair ? 1 : 0);
}

/** Text so dense that a step of it exceeds the context: whole quarters of tokens are dropped. */
function dropQuarters(tokens: readonly number[], budget: number, quarter: number): readonly number[] {
  const excess = tokens.length - budget;
  return tokens.slice(Math.max(excess, Math.min(Math.ceil(excess / quarter) * quarter, tokens.length - 1)));
}

/** Models have seen `\n`; editors convert back when they insert. */
export function normalizeNewlines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
