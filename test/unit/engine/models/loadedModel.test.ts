import { afterEach, expect, test, vi } from 'vitest';
import { type FakeEngine, fakeEngine } from '../fakes/fakeEngine';

let fake: FakeEngine;
afterEach(() => fake.dispose());

async function loaded() {
  fake = await fakeEngine();
  const model = await fake.registry.get('tiny-gemma3');
  return { model, program: fake.addon.programs.at(-1)! };
}

const refusal = (code: string) => Object.assign(new Error('refused'), { code });

test('each use has a lane of its own, made once', async () => {
  const { model, program } = await loaded();
  expect(model.lane('completion')).toBe(model.lane('completion'));
  expect(model.lane('chat')).not.toBe(model.lane('completion'));
  expect(program.sessions).toHaveLength(2);
});

test('where the program has one state, the uses share the lane', async () => {
  const { model, program } = await loaded();
  const lane = model.lane('completion');
  const create = vi.spyOn(program, 'createSession').mockImplementation(() => {
    throw refusal('program_unsupported');
  });
  expect(model.lane('chat')).toBe(lane);
  expect(model.lane('chat')).toBe(lane);
  expect(create).toHaveBeenCalledTimes(1);
});

test('any other refusal is passed on, and so is that of the first lane', async () => {
  const { model, program } = await loaded();
  const create = vi.spyOn(program, 'createSession').mockImplementation(() => {
    throw refusal('program_unsupported');
  });
  expect(() => model.lane('completion')).toThrow('refused');
  create.mockRestore();
  model.lane('completion');
  vi.spyOn(program, 'createSession').mockImplementation(() => {
    throw refusal('out_of_memory');
  });
  expect(() => model.lane('chat')).toThrow('refused');
});
