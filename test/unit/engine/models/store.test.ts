import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ModelStore, summarize } from '../../../../src/engine/models/store';
import { type TemporaryStore, temporaryStore } from '../fakes/temporaryStore';

describe('ModelStore', () => {
  let files: TemporaryStore;
  let store: ModelStore;
  beforeEach(async () => {
    files = await temporaryStore();
    store = new ModelStore(files.home);
  });
  afterEach(() => files.remove());

  it('is empty where its folder is not there yet', async () => {
    expect(await store.list()).toEqual({ models: [], broken: [] });
  });

  it('lists the models with what a user wants to know', async () => {
    await files.add('tiny-gemma3');
    await files.add('tiny-llama', { role: 'chat' });
    const { models } = await store.list();
    expect(models.map(summarize)).toMatchObject([
      { id: 'tiny-gemma3', role: 'completion', family: 'gemma3', quantization: 'none', installed: true },
      { id: 'tiny-llama', role: 'chat', family: 'llama' },
    ]);
    expect(models[0]!.bytes).toBeGreaterThan(100_000);
  });

  it('ignores exports in progress and names what is broken without hiding the rest', async () => {
    await files.add('tiny-gemma3');
    const broken = await files.add('tiny-llama');
    await mkdir(join(files.home, 'models/.hidden'));
    await mkdir(join(files.home, 'models/tiny-gemma3.partial-4711-ab12cd'));
    await rm(join(broken, 'model.pte'));
    const list = await store.list();
    expect(list.models.map(({ manifest }) => manifest.id)).toEqual(['tiny-gemma3']);
    expect(list.broken).toMatchObject([{ id: 'tiny-llama', error: { code: 'program_missing' } }]);
  });

  it('suggests the nearest ids for an unknown one', async () => {
    await files.add('tiny-gemma3');
    await expect(store.find('tiny-gema3')).rejects.toMatchObject({
      code: 'model_not_found',
      remedy: expect.stringContaining('tiny-gemma3'),
    });
  });

  it.each(['../tiny-gemma3', '', '.', '..', '/etc'])('never leaves its folder for the id %j', async (id) => {
    await files.add('tiny-gemma3');
    await expect(store.find(id)).rejects.toMatchObject({ code: 'model_not_found' });
  });

  it('refuses a truncated model.json', async () => {
    const folder = await files.add('tiny-gemma3');
    await truncate(join(folder, 'model.json'), 100);
    await expect(store.find('tiny-gemma3')).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining('not JSON'),
    });
  });

  it.each([
    ['contextLength', 0],
    ['contextLength', '2048'],
    ['program', '../../elsewhere.pte'],
    ['schemaVersion', 2],
    ['tokens', { bos: -1, eos: [], addBos: true }],
    ['role', 'poet'],
  ])('refuses a model.json whose %s is %j and names the field', async (field, value) => {
    await files.add('tiny-gemma3', { [field]: value });
    await expect(store.find('tiny-gemma3')).rejects.toMatchObject({
      code: 'model_invalid',
      message: expect.stringContaining(field),
    });
  });

  it('refuses a folder that holds another model', async () => {
    const folder = await files.add('tiny-gemma3');
    await writeFile(join(folder, 'model.json'), JSON.stringify({ ...(await manifestOf(store)), id: 'other' }));
    await expect(store.find('tiny-gemma3')).rejects.toMatchObject({ code: 'model_invalid' });
  });
});

async function manifestOf(store: ModelStore) {
  return (await store.find('tiny-gemma3')).manifest;
}
