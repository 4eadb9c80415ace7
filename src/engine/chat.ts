import type { ChatParams, GenerationResult, SamplingOptions } from '../protocol';
import type { GenerationOptions } from './engine';
import { roleMismatch } from './models/errors';
import type { LoadedModel } from './models/loadedModel';
import { budgetFor } from './text/budget';
import { chatPrompt } from './text/chatPrompt';
import { generate } from './text/generate';
import { untilEnd } from './text/stops/stopRule';

const defaultTokens = 1024;
/** Where neither the model nor the caller says: lively enough not to loop, which small models do when drawn greedily. */
const defaultSampling: SamplingOptions = { temperature: 0.4, topP: 0.9, repetitionPenalty: 1.1 };

/** The assistant's next turn in a conversation that the caller keeps. */
export async function runChat(
  model: LoadedModel,
  params: ChatParams,
  options: GenerationOptions & { arrived: number },
): Promise<GenerationResult> {
  const { manifest } = model.installed;
  if (manifest.role !== 'chat') throw roleMismatch(manifest.id, manifest.role, 'chat');
  const { contextLength, sampling, tokens } = manifest;
  // Without a wish, a quarter of the context is kept free for the answer.
  const wanted = params.maxTokens ?? Math.min(defaultTokens, Math.floor(contextLength / 4));
  const { maxTokens, budget } = budgetFor(wanted, contextLength);
  return generate(model.lane('chat'), model.tokenizer, {
    prompt: chatPrompt(model.encoder, await model.template(), manifest, params.messages, budget),
    maxTokens,
    // JSON has no undefined: what the manifest leaves out is absent.
    sampling: { ...defaultSampling, ...(sampling as SamplingOptions), ...params.sampling },
    stopIds: tokens.eos,
    rule: untilEnd,
    ...options,
  });
}
