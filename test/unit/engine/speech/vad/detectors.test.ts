import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addModel } from '../../../../../src/engine/models/add/add';
import { ModelRegistry } from '../../../../../src/engine/models/registry';
import { ModelStore } from '../../../../../src/engine/models/store';
import type { Addon, MethodInfo, Program, Tensor } from '../../../../../src/engine/native/addonTypes';
import { Detectors } from '../../../../../src/engine/speech/vad/detectors';
import { EnergyDetector } from '../../../../../src/engine/speech/vad/energyDetector';
import { windowSamples } from '../../../../../src/engine/speech/vad/voiceActivity';
import { temporaryStore, type TemporaryStore } from '../../fakes/temporaryStore';

const vad = { sampleRate: 16_000, window: 512, context: 64, state: [2, 1, 4] };
const float = (...shape: number[]) => ({ kind: 'tensor', dtype: 'float32', shape }) as const;
const forward: MethodInfo = { name: 'forward', inputs: [float(1, 576), float(2, 1, 4)], outputs: [], delegates: [] };

let store: TemporaryStore;
let runs: (readonly Tensor[])[];
let disposed: number;
let loads: number;
let method: MethodInfo;

/** A program whose probability is its sound's first sample, and whose state counts its calls. */
const program = {
  get methods() {
    return [method];
  },
  run: async (_: string, inputs: readonly Tensor[]) => {
    runs.push(inputs);
    const [sound, state] = inputs.map(({ data }) => new Float32Array(data.slice().buffer));
    const next = state!.map((value) => value + 1);
    return [
      { dtype: 'float32', shape: [1, 1], data: new Uint8Array(sound!.slice(0, 1).buffer) },
      { dtype: 'float32', shape: [2, 1, 4], data: new Uint8Array(next.buffer) },
    ];
  },
  dispose: () => void disposed++,
} as unknown as Program;
const addon = { Program: { load: async () => (loads++, program) } } as unknown as Addon;

beforeEach(async () => {
  store = await temporaryStore();
  [runs, disposed, loads, method] = [[], 0, 0, forward];
});
afterEach(() => store.remove());
const detectors = () => new Detectors(new ModelStore(store.home), () => addon);
const addDetector = (changes: Record<string, unknown> = {}) =>
  store.add('tiny-gemma3', { id: 'vad', role: 'vad', vad, ...changes });

describe('the detector of a machine', () => {
  it('is a rule of thumb where no model is installed', async () => {
    await store.add('tiny-gemma3');
    expect(await detectors().get()).toBeInstanceOf(EnergyDetector);
  });

  it('is given each window with what precedes it, and the state that it left', async () => {
    await addDetector();
    const all = detectors();
    const detector = await all.get();
    const samples = Float32Array.from({ length: 2 * windowSamples }, (_, i) => i / 2048);
    expect(await detector.push(samples)).toEqual([0, (windowSamples - 64) / 2048]);
    const states = runs.map(([, state]) => new Float32Array(state!.data.slice().buffer)[0]);
    expect(states).toEqual([0, 1]);
    // The next sound begins with nothing before it.
    expect(await all.get()).toBe(detector);
    expect(loads).toBe(1);
    await detector.push(samples);
    expect(runs[2]![1]!.data.every((byte) => byte === 0)).toBe(true);
    await all.dispose();
    expect(disposed).toBe(1);
  });

  it('is refused where the program is not called as model.json says, and looked for again', async () => {
    const folder = await addDetector({ vad: { ...vad, state: [2, 1, 8] } });
    const all = detectors();
    await expect(all.get()).rejects.toMatchObject({ code: 'model_invalid' });
    expect(disposed).toBe(1);
    const file = join(folder, 'model.json');
    await writeFile(file, JSON.stringify({ ...(JSON.parse(await readFile(file, 'utf8')) as object), vad }));
    await all.get();
    await rm(folder, { recursive: true });
    expect(await all.get()).toBeInstanceOf(EnergyDetector);
  });

  it('is no model that completes, chats or recognizes, and is installed without a tokenizer', async () => {
    const folder = await addDetector();
    await rm(join(folder, 'tokenizer.json'));
    const registry = new ModelRegistry(new ModelStore(store.home), () => addon);
    await expect(registry.get('vad')).rejects.toMatchObject({ code: 'model_role_mismatch' });
    const elsewhere = new ModelStore(join(store.home, 'elsewhere'));
    const { model } = await addModel(elsewhere, addon, folder);
    expect(await readdir(model.folder)).toEqual(['model.json', model.manifest.program].sort());
    expect(runs.length).toBeGreaterThan(0);
  });

  it('needs a description that belongs to the role', async () => {
    for (const changes of [
      { vad: undefined },
      { role: 'completion' },
      { vad: { ...vad, window: 256 } },
      { vad: { ...vad, context: 1e6 } },
    ]) {
      await addDetector(changes);
      await expect(new ModelStore(store.home).find('vad')).rejects.toMatchObject({ code: 'model_invalid' });
    }
  });
});
