import { afterEach, describe, expect, it } from 'vitest';
import { type FakeEngine, fakeEngine } from '../../fakes/fakeEngine';

let fake: FakeEngine;
afterEach(() => fake?.dispose());

const said = 'the parser fails when it is late';
const model = 'tiny-llama';

async function dictated(answer: string, change: object = {}, loaded = true) {
  const prompts: string[] = [];
  fake = await fakeEngine({ answer: (prompt) => (prompts.push(prompt), answer) });
  if (loaded) await fake.engine.loadModel(model);
  const document = { languageId: 'markdown', text: '' };
  const params = { alternatives: [said], document, mode: 'dictation', model, cleanUp: true, ...change } as const;
  const { outcome } = await fake.engine.interpretSpeech(params);
  return { prompts, text: outcome.kind === 'insert' ? outcome.text : outcome };
}

describe('a chat model in memory, cleaning dictated prose up', () => {
  it('may add signs and capitals', async () => {
    const { prompts, text } = await dictated('The parser fails, when it is late!');
    expect(text).toBe('The parser fails, when it is late!');
    expect(prompts).toHaveLength(1);
    expect(prompts[0]).toContain(said);
  });

  it.each([
    ['another word', 'The parser stops, when it is late.'],
    ['a word less', 'The parser fails when late.'],
    ['an answer', 'Sure! The parser fails, when it is late.'],
    ['several lines', 'The parser fails,\nwhen it is late.'],
    ['nothing', ''],
  ])('is not believed where it writes %s', async (_name, answer) => {
    const { prompts, text } = await dictated(answer);
    expect(prompts).toHaveLength(1);
    expect(String(text).toLowerCase()).toBe(said);
  });

  it.each([
    ['code is dictated', { document: { languageId: 'python', text: '' } }, true],
    ['the terminal has the focus', { focus: 'terminal' }, true],
    ['it is not wanted', { cleanUp: false }, true],
    ['it is not in memory', {}, false],
    ['few words were said', { alternatives: ['the parser'] }, true],
    ['lines were dictated', { alternatives: ['the parser fails new line when it is late'] }, true],
  ])('is not asked where %s', async (_name, change, loaded) => {
    expect((await dictated('X', change, loaded)).prompts).toEqual([]);
  });
});
