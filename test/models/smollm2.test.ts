/** The real SmolLM2-135M-Instruct through the engine: a chat of several turns. Needs the addon and the demo models. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../../src/engine/compose';
import { loadAddon } from '../../src/engine/native/loader';
import type { ChatMessage } from '../../src/protocol';

const { engine } = compose({ addon: loadAddon });
const model = 'smollm2-135m-instruct';
const greedy = { temperature: 0 };

describe('SmolLM2-135M-Instruct', () => {
  beforeAll(() => engine.loadModel(model));
  afterAll(() => engine.dispose());

  it('answers, streams the answer, and ends its turn itself', async () => {
    const messages: ChatMessage[] = [
      { role: 'user', content: 'What is the capital of France? Answer in one sentence.' },
    ];
    const deltas: string[] = [];
    const options = { onText: (delta: string) => void deltas.push(delta) };
    const { text, finish } = await engine.chat({ model, messages, sampling: greedy }, options);
    expect(text).toContain('Paris');
    expect(deltas.join('')).toBe(text);
    expect(finish).toBe('stop');
    expect(text).not.toMatch(/<\|/);
  });

  it('finds the conversation so far in its KV cache', async () => {
    const messages: ChatMessage[] = [{ role: 'user', content: 'Name a colour.' }];
    const first = await engine.chat({ model, messages, sampling: greedy, maxTokens: 40 });
    messages.push({ role: 'assistant', content: first.text }, { role: 'user', content: 'Another one.' });
    const { timings } = await engine.chat({ model, messages, sampling: greedy, maxTokens: 10 });
    expect(timings.reusedTokens).toBeGreaterThanOrEqual(first.timings.promptTokens);
  });
});
