import { afterEach, describe, expect, it } from 'vitest';
import { type FakeEngine, fakeEngine } from '../../fakes/fakeEngine';

let fake: FakeEngine;
afterEach(() => fake.dispose());

const params = {
  alternatives: ['feed hungry'],
  commands: [
    { id: 'cat.feed', title: 'Feed Hungry Cats' },
    { id: 'dog.feed', title: 'Feed Hungry Dogs' },
  ],
  document: { languageId: 'typescript', text: '' },
  model: 'tiny-llama',
} as const;

async function chosenBy(answer: string, { loaded = true } = {}) {
  const prompts: string[] = [];
  fake = await fakeEngine({ answer: (prompt) => (prompts.push(prompt), answer) });
  if (loaded) await fake.engine.loadModel(params.model);
  const { outcome } = await fake.engine.interpretSpeech(params);
  if (outcome.kind !== 'didYouMean') throw new Error(JSON.stringify(outcome));
  return { prompts, commands: outcome.commands.map(({ command, source }) => `${command} ${source}`) };
}

describe('a chat model in memory', () => {
  it('puts the command that it draws first', async () => {
    const { prompts, commands } = await chosenBy('B');
    expect(commands).toEqual(['dog.feed model', 'cat.feed palette']);
    expect(prompts[0]).toMatch(/feed hungry.*A\. Feed Hungry Cats.*B\. Feed Hungry Dogs.*N\. None/s);
  });

  it('may draw nothing but the letters of the candidates and of none', async () => {
    await chosenBy('N');
    const { tokenizer } = fake.sessions()[0]!.behaviour;
    const [mask] = fake.sessions()[0]!.masks;
    const allowed = Array.from({ length: tokenizer.vocabularySize }, (_, id) => id).filter(
      (id) => (mask![id >>> 5]! >>> (id & 31)) & 1,
    );
    const texts = new Set(allowed.map((id) => new TextDecoder().decode(tokenizer.bytes(id)).trim()));
    expect([...texts].sort()).toEqual(['A', 'B', 'N']);
  });

  it('leaves the order where it draws none', async () => {
    expect((await chosenBy('N')).commands).toEqual(['cat.feed palette', 'dog.feed palette']);
  });

  it('must be one that chats', async () => {
    fake = await fakeEngine();
    await fake.engine.loadModel('tiny-gemma3');
    const asked = fake.engine.interpretSpeech({ ...params, model: 'tiny-gemma3' });
    await expect(asked).rejects.toMatchObject({ code: 'model_role_mismatch' });
  });

  it('is not asked where it is not in memory', async () => {
    const { prompts, commands } = await chosenBy('B', { loaded: false });
    expect(prompts).toEqual([]);
    expect(commands[0]).toBe('cat.feed palette');
  });
});
