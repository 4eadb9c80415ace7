import { describe, expect, it, vi } from 'vitest';
import { ModelCatalogue } from '../../../../src/extension/models/catalogue';
import { tokenBudget } from '../../../../src/extension/models/tokenBudget';
import { model } from '../support';

function setUp(models = [model('a', 'completion'), model('b', 'chat'), model('c', 'chat')], wanted = '') {
  const list = vi.fn(async () => models);
  return { list, catalogue: new ModelCatalogue({ list, wanted: () => wanted, home: () => '/store' }) };
}

describe('ModelCatalogue', () => {
  it('uses the first installed model of a role, or the one in the settings', async () => {
    expect((await setUp().catalogue.pick('chat')).id).toBe('b');
    expect((await setUp(undefined, 'c').catalogue.pick('chat')).id).toBe('c');
  });

  it('asks the engine once, and again only for a model that it has not seen', async () => {
    const { catalogue, list } = setUp();
    await Promise.all([catalogue.pick('chat'), catalogue.pick('completion')]);
    expect(list).toHaveBeenCalledTimes(1);
    list.mockResolvedValue([]);
    expect((await catalogue.pick('chat')).id).toBe('b');
    catalogue.forget();
    await expect(catalogue.pick('chat')).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('says how to get a model where there is none', async () => {
    await expect(setUp([]).catalogue.pick('completion')).rejects.toMatchObject({
      message: 'No completion model is installed in /store.',
      remedy: expect.stringContaining('npm run setup'),
    });
    await expect(setUp(undefined, 'b').catalogue.pick('completion')).rejects.toMatchObject({
      message: 'The completion model “b” is not installed in /store.',
      remedy: expect.stringContaining('Choose Completion Model'),
    });
  });

  it('does not offer what is known but not installed, and asks again after a failure', async () => {
    const { catalogue, list } = setUp([{ ...model('a', 'chat'), installed: false }]);
    expect(await catalogue.installed()).toEqual([]);
    list.mockRejectedValueOnce(new Error('gone'));
    await expect(catalogue.refresh()).rejects.toThrow('gone');
    list.mockResolvedValue([model('z', 'chat')]);
    expect((await catalogue.pick('chat')).id).toBe('z');
  });
});

it('divides a context between question and answer', () => {
  expect(tokenBudget(2048)).toEqual({ input: 1536, output: 512 });
  expect(tokenBudget(131_072)).toEqual({ input: 129_024, output: 2048 });
});
