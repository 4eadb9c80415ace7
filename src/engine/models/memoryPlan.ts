/** How much of a program's context fits into memory: decided before anything is loaded. */
import type { RuntimeInfo } from '../native/addonTypes';
import { outOfMemory } from './errors';
import type { Manifest } from './manifest';
import type { InstalledModel } from './store';

/** A context shorter than this is of no use: the model is refused instead. */
const leastContext = 1024;
/** Contexts are cut in such steps, so that a few megabytes more or less change nothing. */
const contextStep = 256;

export interface MemoryPlan {
  /** Tokens; the model's own context, or as many as fit. */
  readonly contextLength: number;
  /** Weights, one lane's state at that context, and the work area. */
  readonly neededBytes: number;
  /** Lanes whose states fit side by side; at least one. */
  readonly lanes: number;
}

/** Bytes of each part at a context. A model that does not say counts as its files. */
export function memoryNeed({ manifest, bytes }: Pick<InstalledModel, 'manifest' | 'bytes'>, contextLength: number) {
  const { memory } = manifest;
  return {
    weights: memory?.weightsBytes ?? bytes,
    state: memory ? stateBytes(memory, contextLength) : 0,
    work: memory?.workBytes ?? 0,
  };
}

const stateBytes = (memory: NonNullable<Manifest['memory']>, contextLength: number): number =>
  memory.stateBytes + memory.stateBytesPerToken * contextLength;

/**
 * On a CPU state takes memory as it fills, so that a shorter context needs less; on a GPU it is allocated whole.
 * `mayShorten`: whether a part of the context is better than a refusal.
 * @throws out_of_memory with the numbers
 */
export function planMemory(
  installed: InstalledModel,
  runtime: RuntimeInfo,
  { memoryLimit, mayShorten }: { memoryLimit?: number | undefined; mayShorten: boolean },
): MemoryPlan {
  const { manifest } = installed;
  const allowed = memoryLimit ?? (runtime.mlxDeviceBytes || runtime.memory.availableBytes || Infinity);
  const growsWithUse = runtime.mlxDevice.startsWith('cpu');
  const whole = manifest.contextLength;
  const shortest = mayShorten && growsWithUse ? Math.min(whole, leastContext) : whole;
  const contextLength = Math.max(shortest, Math.min(whole, longestFitting(installed, allowed)));
  const need = memoryNeed(installed, contextLength);
  const neededBytes = need.weights + need.state + need.work;
  if (neededBytes > allowed) throw outOfMemory(manifest.id, need, contextLength, allowed, growsWithUse);
  const lanes = need.state > 0 ? Math.floor((allowed - need.weights - need.work) / need.state) : Infinity;
  return { contextLength, neededBytes, lanes };
}

function longestFitting(installed: InstalledModel, allowed: number): number {
  const perToken = installed.manifest.memory?.stateBytesPerToken ?? 0;
  if (perToken === 0) return Infinity;
  const { weights, state, work } = memoryNeed(installed, 0);
  return Math.floor((allowed - weights - state - work) / perToken / contextStep) * contextStep;
}
