/** A chat model that punctuates what was dictated. What it writes is not trusted: cleanUp.ts decides whether it is taken. */
import type { LoadedModel } from '../../models/loadedModel';
import { budgetFor } from '../../text/budget';
import { chatPrompt } from '../../text/chatPrompt';

/** Text of one line → the same as the model would write it. */
export type Cleaner = (text: string) => Promise<string>;

const task = 'Add punctuation and capital letters to this sentence. Do not change, add or leave out a word.';
const example = {
  said: 'when the parser fails we say where it stopped and what it expected',
  written: 'When the parser fails, we say where it stopped and what it expected.',
};

export function modelCleaner(model: LoadedModel): Cleaner {
  return (text) => model.queue.run(() => clean(model, text));
}

async function clean(model: LoadedModel, text: string): Promise<string> {
  const { contextLength, tokenizer, encoder } = model;
  const { manifest } = model.installed;
  const messages = [
    { role: 'user' as const, content: `${task}\n${example.said}` },
    { role: 'assistant' as const, content: example.written },
    { role: 'user' as const, content: `${task}\n${text}` },
  ];
  // Signs are few: what is much longer is something else.
  const maxTokens = Math.ceil(1.5 * encoder.encode(text).length) + 8;
  const { budget } = budgetFor(maxTokens, contextLength);
  const prompt = chatPrompt(encoder, await model.template(), manifest, messages, { budget, contextLength });
  // Not the chat's lane: its conversation stays in the KV cache.
  const lane = model.lane('completion');
  await lane.feed(prompt);
  const bytes: Uint8Array[] = [];
  await lane.decode({
    maxTokens,
    sampling: { temperature: 0 },
    stopIds: manifest.tokens.eos,
    onToken: (token) => {
      if (tokenizer.isSpecial(token)) return 'stop';
      bytes.push(Uint8Array.from(tokenizer.bytes(token)));
      return 'continue';
    },
  });
  return new TextDecoder().decode(Buffer.concat(bytes));
}
