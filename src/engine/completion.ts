import type { CompleteParams, GenerationResult } from '../protocol';
import type { GenerationOptions } from './engine';
import { roleMismatch } from './models/errors';
import type { LoadedModel } from './models/loadedModel';
import { budgetFor } from './text/budget';
import { completionPrompt } from './text/completionPrompt';
import { generate } from './text/generate';
import { CompletionStops } from './text/stops/completionStops';
import { normalizeNewlines } from './text/window';

/**
 * Of a longer context a completion uses no more than this: what comes before it says little about the next line, and on
 * a CPU the first completion in a large file would take half a minute.
 */
const longestContext = 2048;
const defaultTokens = { singleLine: 64, multiline: 160 };

/** One completion at the end of `params.prefix`. A chat model may complete too, with less to show for it. */
export async function runCompletion(
  model: LoadedModel,
  params: CompleteParams,
  options: GenerationOptions & { arrived: number },
): Promise<GenerationResult> {
  const { manifest } = model.installed;
  if (manifest.role !== 'completion' && manifest.role !== 'chat')
    throw roleMismatch(manifest.id, manifest.role, 'completion');
  const multiline = params.multiline ?? true;
  const wanted = params.maxTokens ?? (multiline ? defaultTokens.multiline : defaultTokens.singleLine);
  const contextLength = Math.min(model.contextLength, longestContext);
  const { maxTokens, budget } = budgetFor(wanted, contextLength);
  const { deadlineMs } = params;
  return generate(model.lane('completion'), model.tokenizer, {
    prompt: completionPrompt(model.encoder, manifest, params, { budget, contextLength }),
    maxTokens,
    // Code is drawn greedily unless asked otherwise: the likeliest continuation is what is wanted.
    sampling: { temperature: 0, ...params.sampling },
    stopIds: manifest.tokens.eos,
    rule: new CompletionStops({
      prefix: normalizeNewlines(params.prefix.slice(-10_000)),
      suffix: normalizeNewlines(params.suffix.slice(0, 10_000)),
      multiline,
    }),
    ...options,
    ...(deadlineMs === undefined ? {} : { deadline: options.arrived + deadlineMs }),
  });
}
