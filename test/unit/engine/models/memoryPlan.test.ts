import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../src/engine/models/manifest';
import { planMemory } from '../../../../src/engine/models/memoryPlan';
import type { InstalledModel } from '../../../../src/engine/models/store';
import { PteronError } from '../../../../src/protocol';
import { FakeAddon } from '../fakes/fakeAddon';

const MB = 1e6;
const memory = { weightsBytes: 250 * MB, stateBytes: 8 * MB, stateBytesPerToken: 20_000, workBytes: 80 * MB };

function installed(changes: Partial<Manifest> = {}): InstalledModel {
  const manifest = { id: 'm', contextLength: 32_768, memory, ...changes } as Manifest;
  return { manifest, bytes: 251 * MB } as InstalledModel;
}

function runtime(mlxDevice = 'cpu (avx2, 2 threads)', availableBytes = 4e9, mlxDeviceBytes = 0) {
  const info = new FakeAddon(() => {
    throw new Error('no program is loaded here');
  }).runtimeInfo();
  return { ...info, mlxDevice, mlxDeviceBytes, memory: { ...info.memory, availableBytes } };
}

const shorten = { mayShorten: true };

describe('the memory plan', () => {
  it('takes the whole context where it fits', () => {
    const plan = planMemory(installed(), runtime(), shorten);
    expect(plan.contextLength).toBe(32_768);
    expect(plan.neededBytes).toBe(250 * MB + 8 * MB + 32_768 * 20_000 + 80 * MB);
    expect(plan.lanes).toBe(5);
  });

  it('takes the longest context that fits, in steps of 256', () => {
    const plan = planMemory(installed(), runtime(), { memoryLimit: 600 * MB, mayShorten: true });
    expect(plan.contextLength).toBe(13_056); // (600 − 338) MB / 20 kB = 13,100
    expect(plan.neededBytes).toBeLessThanOrEqual(600 * MB);
    expect(plan.lanes).toBe(1);
  });

  it('goes by what the machine has where no limit is set', () => {
    expect(planMemory(installed(), runtime('cpu (avx2)', 700 * MB), shorten).contextLength).toBe(17_920);
    expect(planMemory(installed(), runtime('cpu (avx2)', 0), shorten).contextLength).toBe(32_768); // not known
  });

  it('refuses before loading, with the numbers and what to do', () => {
    const refused = () => planMemory(installed(), runtime(), { memoryLimit: 340 * MB, mayShorten: true });
    expect(refused).toThrow(PteronError);
    expect(refused).toThrow(
      'needs 0.33 GiB (0.23 GiB of weights, 0.03 GiB for a context of 1024 tokens, 0.07 GiB to work with), but 0.32 GiB can be used',
    );
    try {
      refused();
    } catch (error) {
      expect(error).toMatchObject({ code: 'out_of_memory' });
      expect((error as PteronError).remedy).not.toContain('--context');
    }
  });

  it('does not shorten where the caller would rather have room made', () => {
    const whole = () => planMemory(installed(), runtime(), { memoryLimit: 600 * MB, mayShorten: false });
    expect(whole).toThrow('a context of 32768 tokens');
  });

  it('counts all of the state on a GPU, which allocates it at once', () => {
    const onGpu = (bytes: number) => planMemory(installed(), runtime('cuda: NVIDIA H100', 4e9, bytes), shorten);
    expect(onGpu(2e9).contextLength).toBe(32_768);
    try {
      onGpu(600 * MB);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'out_of_memory' });
      expect((error as PteronError).remedy).toContain('export it with a shorter context (--context)');
    }
  });

  it('keeps a context that is short already', () => {
    const short = installed({ contextLength: 160 });
    expect(planMemory(short, runtime(), { memoryLimit: 345 * MB, mayShorten: true }).contextLength).toBe(160);
  });

  it('counts the files of a model that says nothing', () => {
    const silent = installed({ memory: undefined });
    expect(planMemory(silent, runtime(), shorten)).toEqual({
      contextLength: 32_768,
      neededBytes: 251 * MB,
      lanes: Infinity,
    });
    expect(() => planMemory(silent, runtime(), { memoryLimit: 200 * MB, mayShorten: true })).toThrow('0.23 GiB');
  });
});
