import type { CompleteParams } from '../../protocol';
import type { Manifest } from '../models/manifest';
import { isBlank } from './stops/indentation';
import type { PromptEncoder } from './promptEncoder';
import { normalizeNewlines, promptWindow, type WindowLimits } from './window';

/** Of the prompt's tokens, what fill-in-the-middle gives to the text after the cursor at most. */
const suffixShare = 1 / 8;

/**
 * Token ids of a completion's prompt: the window before the cursor, with the model's own fill-in-the-middle markers if
 * it was trained with them, otherwise plainly continued. Fits any document into `budget` tokens.
 */
export function completionPrompt(
  encoder: PromptEncoder,
  manifest: Manifest,
  params: CompleteParams,
  { budget, contextLength }: WindowLimits,
): readonly number[] {
  const { tokens, fim } = manifest;
  const head = tokens.addBos && tokens.bos !== null ? [tokens.bos] : [];
  const suffix = fim ? suffixTokens(encoder, params.suffix, Math.floor(budget * suffixShare)) : [];
  const overhead = head.length + suffix.length + (fim ? 3 : 0);
  const window = promptWindow(encoder, params.prefix, params.prefixOffset, {
    budget: budget - overhead,
    contextLength,
  });
  if (fim) {
    const before = [fim.prefix, ...window.tokens];
    const after = [fim.suffix, ...suffix];
    return [...head, ...(fim.order === 'psm' ? [...before, ...after] : [...after, ...before]), fim.middle];
  }
  const prompt = [...head, ...window.tokens];
  // An empty document still needs a token to predict from.
  return prompt.length > 0 ? prompt : [tokens.bos ?? tokens.eos[0] ?? 0];
}

/** The start of the text after the cursor, cut at a line's end so that typing elsewhere does not change it. */
function suffixTokens(encoder: PromptEncoder, suffix: string, budget: number): number[] {
  if (isBlank(suffix)) return [];
  const lines = normalizeNewlines(suffix.slice(0, budget * 8)).split(/(?<=\n)/);
  const tokens: number[] = [];
  for (const line of lines) {
    const more = encoder.encode(line);
    if (tokens.length + more.length > budget) break;
    tokens.push(...more);
  }
  return tokens;
}
