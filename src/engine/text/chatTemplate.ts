import { readFile } from 'node:fs/promises';
import type { ChatMessage } from '../../protocol';
import { templateInvalid } from '../models/errors';
import { knowsThinking } from './thinking';

export interface ChatTemplate {
  /** Whether it can ask the model to reason before it answers, or does so always. */
  readonly knowsThinking: boolean;
  /**
   * The conversation as the model was trained to see it, up to where its answer begins. `thinking`: whether it may reason
   * first, where the template knows of that. @throws template_invalid
   */
  render(messages: readonly ChatMessage[], thinking?: boolean): string;
}

/** Spellings of the markers that templates refer to by name. */
export interface TemplateMarkers {
  readonly bos: string;
  readonly eos: string;
}

/** @throws template_invalid */
export async function loadChatTemplate(path: string, markers: TemplateMarkers): Promise<ChatTemplate> {
  const source = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw templateInvalid(path, 'it cannot be read', cause);
  });
  return compileChatTemplate(source, path, markers);
}

/** `path`: where it comes from, for the message. @throws template_invalid */
export async function compileChatTemplate(
  source: string,
  path: string,
  markers: TemplateMarkers,
): Promise<ChatTemplate> {
  const { Template } = await import('@huggingface/jinja');
  const invalid = (cause: unknown) =>
    templateInvalid(path, cause instanceof Error ? cause.message : String(cause), cause);
  let template: InstanceType<typeof Template>;
  try {
    template = new Template(source);
  } catch (error) {
    throw invalid(error);
  }
  return {
    knowsThinking: knowsThinking(source),
    render(messages, thinking = false) {
      try {
        return template.render({
          messages: messages.map((message) => ({ ...message })),
          add_generation_prompt: true,
          bos_token: markers.bos,
          eos_token: markers.eos,
          enable_thinking: thinking,
        });
      } catch (error) {
        throw invalid(error);
      }
    },
  };
}
