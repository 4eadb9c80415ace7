import type { ChatParams, GenerationResult, SamplingOptions } from '../protocol';
import type { GenerationOptions } from './engine';
import { roleMismatch } from './models/errors';
import type { LoadedModel } from './models/loadedModel';
import { budgetFor } from './text/budget';
import { chatPrompt } from './text/chatPrompt';
import { generate } from './text/generate';
import { untilEnd } from './text/stops/stopRule';
import { endsInThought, Thinking } from './text/thinking';

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
  const { sampling, tokens } = manifest;
  const { contextLength } = model;
  // Without a wish, a quarter of the context is kept free for the answer.
  const wanted = params.maxTokens ?? Math.min(defaultTokens, Math.floor(contextLength / 4));
  const { maxTokens, budget } = budgetFor(wanted, contextLength);
  const template = await model.template();
  const prompt = chatPrompt(
    model.encoder,
    template,
    manifest,
    params.messages,
    { budget, contextLength },
    params.thinking,
  );
  const { onThought, ...rest } = options;
  return generate(model.lane('chat'), model.tokenizer, {
    prompt,
    maxTokens,
    // JSON has no undefined: what the manifest leaves out is absent.
    sampling: { ...defaultSampling, ...(sampling as SamplingOptions), ...params.sampling },
    stopIds: tokens.eos,
    rule: untilEnd,
    ...(template.knowsThinking ? { thinking: new Thinking(leavesInThought(model, prompt), onThought) } : {}),
    ...rest,
  });
}

/** Some templates open the thoughts themselves, so that the answer begins inside them. */
function leavesInThought({ tokenizer }: LoadedModel, prompt: readonly number[]): boolean {
  const end = prompt.slice(-8).map((token) => tokenizer.bytes(token));
  return endsInThought(Buffer.concat(end).toString('utf8'));
}
