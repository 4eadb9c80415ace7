import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type FakeEngine, fakeEngine, type FakeEngineOptions } from './fakes/fakeEngine';

let fake: FakeEngine;
async function start(options: FakeEngineOptions = {}): Promise<FakeEngine> {
  fake = await fakeEngine(options);
  return fake;
}
afterEach(() => fake.dispose());

const at = (prefix: string, suffix = '') => ({ model: 'tiny-gemma3', prefix, prefixOffset: 0, suffix });
const ask = (content: string) => ({ model: 'tiny-llama', messages: [{ role: 'user', content } as const] });

describe('complete', () => {
  it('continues the text, ends where its block ends, and says what it cost', async () => {
    const { engine } = await start({ answer: () => ' a + b\n\n\ndef g():\n    pass\n' });
    const { text, finish, timings } = await engine.complete(at('def f(a, b):\n    return'));
    expect({ text, finish }).toEqual({ text: ' a + b', finish: 'stop' });
    expect(timings.promptTokens).toBeGreaterThan(5);
    expect(timings.reusedTokens).toBe(0);
    expect(timings.generatedTokens).toBeGreaterThan(0);
    expect(timings.generatedTokens).toBeLessThan(15);
    expect(timings.firstTokenMs).toBeGreaterThanOrEqual(timings.prefillMs);
  });

  it('pays only for the character typed since', async () => {
    const { engine } = await start({ answer: () => 'x\n' });
    const document = 'value = 1\n'.repeat(8);
    await engine.complete(at(`${document}retu`));
    const { timings } = await engine.complete(at(`${document}retur`));
    expect(timings.promptTokens - timings.reusedTokens).toBeLessThanOrEqual(3);
  });

  it('never shows a special token: a stray one ends the completion', async () => {
    const { engine } = await start({ answer: () => [80, 81, 2, 82] });
    const { text, finish, timings } = await engine.complete(at('x = '));
    expect(timings.generatedTokens).toBe(3);
    expect(finish).toBe('stop');
    expect(text).not.toContain('bos');
  });

  it('reports a token limit as length, and a deadline too', async () => {
    const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 5));
    const { engine } = await start({ answer: () => 'abcdefghijklmnopqrstuvwxyz'.repeat(4), beforeToken: wait });
    expect(await engine.complete({ ...at('x'), maxTokens: 3 })).toMatchObject({
      finish: 'length',
      timings: { generatedTokens: 3 },
    });
    const late = await engine.complete({ ...at('x'), deadlineMs: 30 });
    expect(late.finish).toBe('length');
    expect(late.timings.generatedTokens).toBeLessThan(12);
  });

  it('streams what it returns', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `    v${i} = f(${i * 37}) # ${'abcdefgh'[i % 8]}\n`).join('');
    const { engine } = await start({ answer: () => lines });
    const deltas: string[] = [];
    const { text } = await engine.complete(at('def f():\n'), { onText: (delta) => deltas.push(delta) });
    expect(deltas.join('')).toBe(text);
  });

  it('resolves with the text so far when it is cancelled, and the next request finds its prefix', async () => {
    const abort = new AbortController();
    const beforeToken = async (index: number) => (index === 6 ? abort.abort() : undefined);
    const { engine } = await start({ answer: () => 'x = 1 and more\n', beforeToken });
    const { text, finish, timings } = await engine.complete(at('first line\n'), { signal: abort.signal });
    expect(finish).toBe('cancelled');
    expect('x = 1 and more').toContain(text);
    expect(timings.generatedTokens).toBe(6);
    expect((await engine.complete(at('first line\nx'))).timings.reusedTokens).toBeGreaterThanOrEqual(
      timings.promptTokens - 1,
    );
  });

  it.each([200, 2000, 20_000])('takes a document of %i lines without an error and stays incremental', async (count) => {
    const { engine } = await start({ answer: () => 'x\n' });
    const document = Array.from({ length: count }, (_, i) => `value_${i} = compute(${i})\n`).join('');
    const first = await engine.complete({ ...at(`${document}retur`), maxTokens: 8 });
    const next = await engine.complete({ ...at(`${document}return`), maxTokens: 8 });
    expect(first.timings.promptTokens).toBeLessThanOrEqual(160 - 8);
    expect(next.timings.promptTokens - next.timings.reusedTokens).toBeLessThanOrEqual(6);
  });
});

describe('chat', () => {
  it('answers from the rendered conversation and streams every piece', async () => {
    const { engine, seenBy, sessions } = await start({ answer: () => 'Grüße, 日本 😀!' });
    const deltas: string[] = [];
    const { text, finish } = await engine.chat(ask('Hello'), { onText: (delta) => deltas.push(delta) });
    expect({ text, finish }).toEqual({ text: 'Grüße, 日本 😀!', finish: 'stop' });
    expect(deltas.join('')).toBe(text);
    expect(deltas.length).toBeGreaterThan(3);
    expect(deltas.join()).not.toContain('\uFFFD');
    expect(seenBy(sessions()[0]!)).toContain('Hello');
  });

  it('reuses the conversation so far', async () => {
    const { engine } = await start({ answer: () => 'Yes.' });
    const { text, timings } = await engine.chat(ask('Is it so?'));
    const messages = [...ask('Is it so?').messages, { role: 'assistant', content: text } as const];
    const next = await engine.chat({ model: 'tiny-llama', messages: [...messages, { role: 'user', content: 'Why?' }] });
    expect(next.timings.reusedTokens).toBeGreaterThanOrEqual(timings.promptTokens);
  });

  it('keeps a reasoning model’s thoughts apart, and lets it think only if asked to', async () => {
    const { engine, store, seenBy, sessions } = await start({
      answer: (prompt) => (prompt.includes('<nothink>') ? 'At once.' : '<think>Hm.</think>\n\nYes.'),
    });
    const template = '{{ messages[-1].content }}{% if enable_thinking is false %}<nothink>{% endif %}';
    await writeFile(join(store.home, 'models/tiny-llama/chat_template.jinja'), template);
    const [deltas, thoughts] = [[] as string[], [] as string[]];
    const options = {
      onText: (delta: string) => void deltas.push(delta),
      onThought: (delta: string) => void thoughts.push(delta),
    };
    expect(await engine.chat({ ...ask('Is it?'), thinking: true }, options)).toMatchObject({
      text: 'Yes.',
      thinking: 'Hm.',
    });
    expect([deltas.join(''), thoughts.join('')]).toEqual(['Yes.', 'Hm.']);
    const quick = await engine.chat(ask('Is it?'));
    expect(quick.text).toBe('At once.');
    expect(quick).not.toHaveProperty('thinking');
    expect(seenBy(sessions()[0]!)).toContain('<nothink>');
  });

  it('finds the thoughts that a template opened itself', async () => {
    const { engine, store } = await start({ answer: () => 'Hm.\n</think>\n\nYes.' });
    const template = "{{ messages[-1].content }}{{ '<think>\n' if enable_thinking }}";
    await writeFile(join(store.home, 'models/tiny-llama/chat_template.jinja'), template);
    expect(await engine.chat({ ...ask('Is it?'), thinking: true })).toMatchObject({ text: 'Yes.', thinking: 'Hm.' });
  });

  it('keeps its own KV lane beside completion’s', async () => {
    const { engine, sessions } = await start({ answer: () => 'x\n' });
    await engine.chat(ask('Hello'));
    await engine.complete({ ...at('def f():\n'), model: 'tiny-llama' });
    expect(sessions()).toHaveLength(2);
    expect((await engine.chat(ask('Hello'))).timings.reusedTokens).toBeGreaterThan(3);
  });
});

describe('what cannot be done is a coded error', () => {
  it('an unknown model, with the nearest ids', async () => {
    const { engine } = await start();
    await expect(engine.complete({ ...at('x'), model: 'tiny-gema' })).rejects.toMatchObject({
      code: 'model_not_found',
      remedy: expect.stringContaining('tiny-gemma3'),
    });
  });

  it('a chat with a completion model', async () => {
    const { engine } = await start();
    await expect(engine.chat({ ...ask('x'), model: 'tiny-gemma3' })).rejects.toMatchObject({
      code: 'model_role_mismatch',
    });
  });

  it('another model’s tokenizer', async () => {
    const { engine, store } = await start();
    await store.add('tiny-gemma3', { id: 'padded', vocabularySize: 49152 });
    await expect(engine.loadModel('padded')).rejects.toMatchObject({ code: 'tokenizer_invalid' });
    await store.add('tiny-gemma3', { id: 'small', vocabularySize: 300 });
    await expect(engine.loadModel('small')).rejects.toMatchObject({ code: 'tokenizer_invalid' });
  });

  it('a model.json that contradicts its program', async () => {
    const { engine, addon } = await start({ constants: { get_vocab_size: 512 } });
    await expect(engine.loadModel('tiny-gemma3')).rejects.toMatchObject({ code: 'model_invalid' });
    expect(addon.programs[0]!.disposed).toBe(true);
  });

  it('a damaged tokenizer, with the program let go again; repaired, it loads', async () => {
    const { engine, addon, store } = await start();
    const path = join(store.home, 'models/tiny-gemma3/tokenizer.json');
    await truncate(path, 1000);
    await expect(engine.loadModel('tiny-gemma3')).rejects.toMatchObject({ code: 'tokenizer_invalid' });
    expect(addon.programs[0]!.disposed).toBe(true);
    await store.add('tiny-gemma3');
    expect(await engine.loadModel('tiny-gemma3')).toMatchObject({ model: { id: 'tiny-gemma3' } });
  });

  it('a missing or broken chat template', async () => {
    const { engine, store } = await start();
    const path = join(store.home, 'models/tiny-llama/chat_template.jinja');
    await writeFile(path, '{% for %}');
    await expect(engine.chat(ask('x'))).rejects.toMatchObject({ code: 'template_invalid' });
    await engine.unloadModel('tiny-llama');
    await rm(path);
    await expect(engine.chat(ask('x'))).rejects.toMatchObject({ code: 'template_invalid' });
  });

  it.each(['program_invalid', 'program_unsupported', 'program_missing'])('the addon’s %s', async (code) => {
    const { engine, addon } = await start();
    addon.failures.push(Object.assign(new Error('the file is damaged'), { code }));
    await expect(engine.loadModel('tiny-gemma3')).rejects.toMatchObject({ code });
  });

  it('a runtime failure, after which the model works again', async () => {
    const { engine, sessions } = await start({ answer: () => 'fine\n' });
    await engine.complete(at('x = '));
    sessions()[0]!.failNext = 'the runtime said no';
    await expect(engine.complete(at('x = '))).rejects.toMatchObject({ code: 'inference_failed' });
    expect((await engine.complete(at('x = '))).text).toBe('fine');
  });
});

describe('models in memory', () => {
  it('are loaded once however many ask', async () => {
    const { engine, addon } = await start();
    await Promise.all([
      engine.loadModel('tiny-gemma3'),
      engine.complete(at('x')),
      engine.countTokens('tiny-gemma3', 'x'),
    ]);
    expect(addon.loads).toHaveLength(1);
  });

  it('make room for one that does not fit beside them', async () => {
    const { engine, addon } = await start();
    await engine.loadModel('tiny-gemma3');
    addon.failures.push(Object.assign(new Error('too large'), { code: 'out_of_memory' }));
    await engine.loadModel('tiny-llama');
    expect(addon.programs[0]!.disposed).toBe(true);
    expect(addon.programs[1]!.disposed).toBe(false);
  });

  it('that do not fit alone are an error', async () => {
    const { engine, addon } = await start();
    addon.failures.push(Object.assign(new Error('too large'), { code: 'out_of_memory' }));
    await expect(engine.loadModel('tiny-llama')).rejects.toMatchObject({ code: 'out_of_memory' });
  });

  it('are let go with their lanes when unloaded', async () => {
    const { engine, addon, sessions } = await start();
    await engine.complete(at('x'));
    await engine.unloadModel('tiny-gemma3');
    expect(addon.programs[0]!.disposed).toBe(true);
    expect(sessions()[0]!.disposed).toBe(true);
    await engine.unloadModel('tiny-gemma3');
  });

  it('show as loading, then working, then idle', async () => {
    const { engine, activities } = await start({ answer: () => 'x\n' });
    await engine.complete(at('x'));
    expect(activities.map(({ state }) => state)).toEqual(['loading', 'idle', 'working', 'idle']);
  });
});
