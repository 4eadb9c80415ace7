import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../src/engine/models/manifest';
import { chatPrompt } from '../../../../src/engine/text/chatPrompt';
import type { ChatTemplate } from '../../../../src/engine/text/chatTemplate';
import { PromptEncoder } from '../../../../src/engine/text/promptEncoder';
import { loadTokenizer } from '../../../../src/engine/text/tokenizer';
import type { ChatMessage } from '../../../../src/protocol';
import { fixtures } from '../fakes/temporaryStore';

const template: ChatTemplate = {
  knowsThinking: false,
  render: (messages) => `${messages.map(({ role, content }) => `${role}: ${content}\n`).join('')}assistant:`,
};
const conversation = (turns: number): ChatMessage[] =>
  Array.from({ length: turns }, (_, i) => ({ role: i % 2 ? 'assistant' : 'user', content: `message number ${i}` }));

describe('a chat’s prompt', () => {
  let encoder: PromptEncoder;
  let manifest: Manifest;
  const contextLength = 400;
  beforeAll(async () => {
    encoder = new PromptEncoder(await loadTokenizer(join(fixtures, 'tiny-llama/tokenizer.json')));
    const text = await readFile(join(fixtures, 'tiny-llama/model.json'), 'utf8');
    manifest = { ...(JSON.parse(text) as Manifest), contextLength };
    manifest.tokens.addBos = false;
  });
  const prompt = (messages: readonly ChatMessage[], budget = 300) =>
    chatPrompt(encoder, template, manifest, messages, { budget, contextLength });
  const text = (ids: readonly number[]) =>
    new TextDecoder().decode(Buffer.concat(ids.map((id) => encoder.tokenizer.bytes(id))));

  it('is the rendered conversation', () => {
    expect(text(prompt(conversation(3)))).toBe(template.render(conversation(3)));
  });

  it('adds the begin marker once, whether or not the template wrote it', () => {
    const withBos = { ...manifest, tokens: { ...manifest.tokens, bos: 1, addBos: true } };
    const plain = chatPrompt(encoder, template, withBos, conversation(1), { budget: 300, contextLength });
    expect(plain.filter((id) => id === 1)).toEqual([1]);
    expect(plain[0]).toBe(1);
    const spelled = {
      ...template,
      render: (m: readonly ChatMessage[]) => encoder.tokenizer.spelling(1)! + template.render(m),
    };
    expect(chatPrompt(encoder, spelled, withBos, conversation(1), { budget: 300, contextLength })).toEqual(plain);
  });

  it('does not let a message speak as a marker', () => {
    const marker = encoder.tokenizer.spelling(1)!;
    expect(prompt([{ role: 'user', content: `say ${marker}` }])).not.toContain(1);
  });

  it('drops the oldest turns of a long conversation, keeps the system message and begins with the user', () => {
    const system = { role: 'system', content: 'Be brief.' } as const;
    const ids = prompt([system, ...conversation(41)]);
    expect(ids.length).toBeLessThanOrEqual(300);
    expect(text(ids)).toMatch(/^system: Be brief\.\nuser: message number \d+\n/);
    expect(text(ids)).toMatch(/user: message number 40\nassistant:$/);
    expect(text(ids)).not.toContain('message number 0\n');
  });

  it('drops in steps, so that most turns keep their prefix', () => {
    const firsts = Array.from({ length: 20 }, (_, i) => {
      const seen = text(prompt(conversation(21 + 2 * i)));
      return /message number (\d+)/.exec(seen)![1];
    });
    expect(new Set(firsts).size).toBeLessThan(firsts.length * 0.75);
  });

  it('reports a newest message that does not fit alone', () => {
    const long = { role: 'user', content: 'word '.repeat(400) } as const;
    expect(() => prompt([...conversation(4), long])).toThrow(expect.objectContaining({ code: 'prompt_too_long' }));
    expect(() => prompt([long])).toThrow(expect.objectContaining({ code: 'prompt_too_long' }));
  });
});
