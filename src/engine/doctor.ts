import { cpus, freemem, totalmem } from 'node:os';
import type { DoctorReport } from '../protocol';
import { toPteronError } from './errors';
import { type ModelStore, summarize } from './models/store';
import type { Addon, RuntimeInfo } from './native/addonTypes';
import { gpuProblem } from './native/loader';
import { engineVersion } from './version';

type Problem = DoctorReport['problems'][number];

/** What PTERON_DEVICE may be, and how the device it chooses is then called. */
const devices: Readonly<Record<string, RegExp>> = {
  cpu: /^cpu \((?!libmlx)/,
  gpu: /^(cuda|metal)/,
  'cpu-libmlx': /^cpu \(libmlx/,
};

function unmetRequest(requested: string | undefined, runtime: RuntimeInfo | null): Problem | null {
  if (!requested || !runtime || runtime.mlx === null || devices[requested]?.test(runtime.mlxDevice)) return null;
  const remedy =
    requested === 'gpu'
      ? 'Install the NVIDIA driver and a libmlx for CUDA, or unset PTERON_DEVICE.'
      : `Set PTERON_DEVICE to one of ${Object.keys(devices).join(', ')}, or unset it.`;
  const message = `PTERON_DEVICE asks for ${requested}, but MLX programs run on ${runtime.mlxDevice}.`;
  return { code: 'invalid_argument', message, remedy };
}

/** What this machine offers, what is installed, and what is missing with its remedy. Never fails. */
export async function examine(store: ModelStore, addon: () => Addon): Promise<DoctorReport> {
  const problems: Problem[] = [];
  const note = (error: unknown) => {
    const { code, message, remedy } = toPteronError(error);
    problems.push({ code, message, remedy });
  };
  let runtime: RuntimeInfo | null = null;
  try {
    runtime = addon().runtimeInfo();
    const gpu = gpuProblem();
    if (gpu) note(gpu);
  } catch (error) {
    note(error);
  }
  const unmet = unmetRequest(process.env.PTERON_DEVICE, runtime);
  if (unmet) problems.push(unmet);
  const { models, broken } = await store.list();
  broken.forEach(({ error }) => note(error));
  if (models.length === 0) {
    const remedy = 'Run `npm run setup`, which exports the demo models.';
    problems.push({ code: 'model_not_found', message: `No model is installed in ${store.modelsFolder}.`, remedy });
  }
  return {
    engineVersion,
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    cpu: {
      model: cpus()[0]?.model.trim() ?? 'unknown',
      threads: runtime?.threads ?? cpus().length,
      features: runtime?.cpuFeatures ?? [],
    },
    memoryBytes: {
      total: runtime?.memory.totalBytes ?? totalmem(),
      available: runtime?.memory.availableBytes ?? freemem(),
    },
    backends: runtime?.backends ?? [],
    mlxDevice: runtime?.mlxDevice ?? 'none',
    mlx: {
      version: runtime?.mlx ?? null,
      library: runtime?.mlxLibrary ?? null,
      memoryBytes: runtime?.mlxDeviceBytes || (runtime?.memory.totalBytes ?? totalmem()),
      requested: process.env.PTERON_DEVICE || null,
    },
    home: store.home,
    models: models.map(summarize),
    problems,
  };
}
