/** The committed tiny models through the engine and the real addon: what happens at the edges. */
import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compose } from '../../src/engine/compose';
import type { Engine } from '../../src/engine/engine';
import { loadAddon } from '../../src/engine/native/loader';
import type { ChatMessage } from '../../src/protocol';
import { fixtures, type TemporaryStore, temporaryStore } from '../unit/engine/fakes/temporaryStore';

const at = (prefix: string) => ({ model: 'tiny-gemma3', prefix, prefixOffset: 0, suffix: '', maxTokens: 12 });

describe('the engine with the real addon', () => {
  let store: TemporaryStore;
  let engine: Engine;
  beforeEach(async () => {
    store = await temporaryStore();
    await store.add('tiny-gemma3');
    await store.add('tiny-llama', { role: 'chat' });
    ({ engine } = compose({ addon: loadAddon, home: store.home }));
  });
  afterEach(async () => {
    await engine.dispose();
    await store.remove();
  });

  it('generates the same whether the prompt was in the cache or not', async () => {
    const cold = await engine.complete(at('def f(x):\n    return x'));
    await engine.complete(at('def f(x):\n    return y + 1'));
    const warm = await engine.complete(at('def f(x):\n    return x'));
    expect(warm.timings.reusedTokens).toBeGreaterThan(5);
    expect(cold.timings.reusedTokens).toBe(0);
    expect(warm.text).toBe(cold.text);
  });

  it.each([200, 20_000])('takes a document of %i lines, and then only what is typed', async (count) => {
    const document = Array.from({ length: count }, (_, i) => `a${i} = f(${i})\n`).join('');
    await engine.complete(at(`${document}retur`));
    const { timings } = await engine.complete(at(`${document}return`));
    expect(timings.promptTokens).toBeLessThanOrEqual(160 - 12);
    expect(timings.promptTokens - timings.reusedTokens).toBeLessThanOrEqual(6);
  });

  it('keeps answering when a conversation outgrows the context', async () => {
    const messages: ChatMessage[] = [];
    for (let i = 0; i < 12; i++) {
      messages.push({ role: 'user', content: `Question ${i}?` });
      const { text, timings } = await engine.chat({
        model: 'tiny-llama',
        messages,
        maxTokens: 8,
        sampling: { seed: i },
      });
      expect(timings.promptTokens).toBeLessThanOrEqual(160 - 8);
      messages.push({ role: 'assistant', content: text });
    }
  });

  it('draws the same text from the same seed', async () => {
    const ask = (seed: number) => {
      const messages = [{ role: 'user', content: 'Hello' } as const];
      return engine.chat({ model: 'tiny-llama', messages, maxTokens: 20, sampling: { temperature: 1.5, seed } });
    };
    const [first, again, other] = [await ask(7), await ask(7), await ask(8)];
    expect(again.text).toBe(first.text);
    expect(other.text).not.toBe(first.text);
  });

  it.each([
    ['is empty', (program: Buffer) => program.subarray(0, 0), /^program_(invalid)$/],
    ['is truncated', (program: Buffer) => program.subarray(0, program.length / 2), /^program_/],
    ['is something else', () => Buffer.from('PK\u0003\u0004 not a program'.repeat(500)), /^program_/],
    [
      'has flipped bits',
      (program: Buffer) => program.map((byte, i) => (i % 50 === 8 ? byte ^ 0x40 : byte)),
      /^program_/,
    ],
  ])('reports a program that %s and goes on with the others', async (_, damage, code) => {
    const path = join(store.home, 'models/tiny-gemma3/model.pte');
    await writeFile(path, damage(await readFile(path)));
    await expect(engine.complete(at('x'))).rejects.toMatchObject({ code: expect.stringMatching(code) });
    expect(await engine.loadModel('tiny-llama')).toMatchObject({ model: { id: 'tiny-llama' } });
    await store.add('tiny-gemma3');
    expect(await engine.complete(at('x'))).toMatchObject({ timings: { generatedTokens: expect.any(Number) } });
  });

  it('reports a tokenizer that is cut off or of another model', async () => {
    const path = join(store.home, 'models/tiny-gemma3/tokenizer.json');
    await truncate(path, 4000);
    await expect(engine.complete(at('x'))).rejects.toMatchObject({ code: 'tokenizer_invalid' });
    await copyFile(join(fixtures, 'tiny-llama/tokenizer.json'), path);
    await store.add('tiny-gemma3', { vocabularySize: 512 });
    await expect(engine.complete(at('x'))).rejects.toMatchObject({ code: 'model_invalid' });
  });

  it('refuses a model that exceeds the memory limit', async () => {
    const { engine: small } = compose({ addon: loadAddon, home: store.home, memoryLimitBytes: 1000 });
    await expect(small.loadModel('tiny-gemma3')).rejects.toMatchObject({ code: 'out_of_memory' });
    await small.dispose();
  });
});
