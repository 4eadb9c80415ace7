import { cpus, freemem, totalmem } from 'node:os';
import type { DoctorReport } from '../protocol';
import { toPteronError } from './errors';
import { type ModelStore, summarize } from './models/store';
import type { Addon, RuntimeInfo } from './native/addonTypes';
import { gpuProblem } from './native/loader';
import { engineVersion } from './version';

type Problem = DoctorReport['problems'][number];

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
    home: store.home,
    models: models.map(summarize),
    problems,
  };
}
