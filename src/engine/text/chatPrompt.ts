import { type ChatMessage, PteronError } from '../../protocol';
import type { Manifest } from '../models/manifest';
import type { ChatTemplate } from './chatTemplate';
import type { PromptEncoder } from './promptEncoder';
import type { WindowLimits } from './window';

/**
 * Token ids of a conversation. One that outgrew `budget` loses its oldest turns (never the system message, never the
 * newest), a quarter of the context at a time, so that the next turns find their prefix in the KV cache.
 * @throws prompt_too_long where the newest message alone does not fit; template_invalid
 */
export function chatPrompt(
  encoder: PromptEncoder,
  template: ChatTemplate,
  manifest: Manifest,
  messages: readonly ChatMessage[],
  { budget, contextLength }: WindowLimits,
  thinking = false,
): readonly number[] {
  const encode = (kept: readonly ChatMessage[]) => encodeConversation(encoder, template, manifest, kept, thinking);
  const whole = encode(messages);
  if (whole.length <= budget) return whole;

  const system = messages.filter((message) => message.role === 'system');
  const turns = messages.filter((message) => message.role !== 'system');
  const quarter = Math.max(1, Math.floor(contextLength / 4));
  const toDrop = Math.ceil((whole.length - budget) / quarter) * quarter;
  let newest = whole;
  for (let from = 1; from < turns.length; from++) {
    // A conversation begins with its user.
    if (turns[from]!.role !== 'user' && from < turns.length - 1) continue;
    newest = encode([...system, ...turns.slice(from)]);
    const last = !turns.slice(from + 1).some((turn) => turn.role === 'user');
    if (newest.length <= budget && (whole.length - newest.length >= toDrop || last)) return newest;
  }
  throw new PteronError(
    'prompt_too_long',
    `The newest message has ${newest.length} tokens with its frame, but ${budget} fit.`,
    'Shorten the message, or use a model with a longer context.',
  );
}

function encodeConversation(
  encoder: PromptEncoder,
  template: ChatTemplate,
  { tokens }: Manifest,
  messages: readonly ChatMessage[],
  thinking: boolean,
): readonly number[] {
  const { tokenizer } = encoder;
  const guarded = messages.map((message) => ({ ...message, content: tokenizer.guard(message.content) }));
  const ids = encoder.encodeTemplate(template.render(guarded, thinking));
  return tokens.addBos && tokens.bos !== null && ids[0] !== tokens.bos ? [tokens.bos, ...ids] : ids;
}
