import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Addon, GraphInfo, MethodInfo, TensorInfo } from '../native/addonTypes';
import { programMissing } from './errors';
import type { Manifest } from './manifest';
import { type InstalledModel, type ModelStore, readModelFolder } from './store';

/** What `pteron models inspect --json` prints. */
export interface Inspection {
  readonly path: string;
  readonly bytes: number;
  /** null for a bare .pte. */
  readonly model: Manifest | null;
  /** Weights as model.json counts them; null where nobody counted: a program that others exported only knows bytes. */
  readonly parameters: number | null;
  readonly methods: readonly MethodInfo[];
  readonly graphs: readonly GraphInfo[];
  readonly constants: Readonly<Record<string, number | boolean | readonly number[]>>;
}

/** `target`: an id of the store, a model folder, or a .pte file. @throws model_not_found, program_*, addon_missing */
export async function inspect(store: ModelStore, addon: Addon, target: string): Promise<Inspection> {
  const installed = await locate(store, target);
  const path = typeof installed === 'string' ? installed : installed.programPath;
  const dataPaths = typeof installed === 'string' ? [] : installed.dataPaths;
  const program = await addon.Program.load(path, { dataPaths });
  try {
    const constants = program.methods
      .filter(({ inputs }) => inputs.length === 0)
      .flatMap(({ name }) => {
        const value = program.constant(name);
        return value === undefined ? [] : [[name, value] as const];
      });
    const model = typeof installed === 'string' ? null : installed.manifest;
    return {
      path,
      bytes: typeof installed === 'string' ? (await stat(path)).size : installed.bytes,
      model,
      parameters: model?.parameters ?? null,
      methods: program.methods,
      graphs: program.graphs,
      constants: Object.fromEntries(constants),
    };
  } finally {
    program.dispose();
  }
}

async function locate(store: ModelStore, target: string): Promise<InstalledModel | string> {
  const looksLikePath = /[\\/]|\.pte$/.test(target);
  const info = looksLikePath ? await stat(target).catch(() => null) : null;
  if (info?.isDirectory()) return readModelFolder(target);
  if (info?.isFile()) return target.endsWith('model.json') ? readModelFolder(join(target, '..')) : target;
  if (looksLikePath) throw programMissing(target);
  return store.find(target);
}

export function describeInspection({ path, bytes, model, methods, graphs, constants }: Inspection): string {
  const lines = [`${path}  (${(bytes / 1e6).toFixed(1)} MB)`];
  if (model) {
    const parameters = model.parameters === null ? '' : `, ${(model.parameters / 1e6).toFixed(0)} M parameters`;
    lines.push(`${model.name}: ${model.family}, ${model.role}${parameters}`);
    lines.push(`context ${model.contextLength}, weights ${model.quantization}, activations ${model.dtype}`);
  }
  for (const { name, inputs, outputs, delegates } of methods) {
    if (name in constants) continue;
    lines.push('', `${name}(${inputs.map(describeTensor).join(', ')}) → ${outputs.map(describeTensor).join(', ')}`);
    lines.push(`  delegates: ${delegates.join(', ') || 'none'}`);
    for (const graph of graphs.filter(({ method }) => method === name)) lines.push(...describeGraph(graph));
  }
  const values = Object.entries(constants).map(([name, value]) => `  ${name} = ${String(value)}`);
  if (values.length > 0) lines.push('', 'constant methods:', ...values);
  return `${lines.join('\n')}\n`;
}

function describeTensor({ kind, dtype, shape }: TensorInfo): string {
  return kind === 'tensor' ? `${dtype}[${shape.join(', ')}]` : kind;
}

function describeGraph({ nodeCounts, constantBytes, constantCount, mutableBytes }: GraphInfo): string[] {
  const kinds = Object.entries(nodeCounts).sort((a, b) => b[1] - a[1]);
  const nodes = kinds.reduce((sum, [, count]) => sum + count, 0);
  return [
    `  ${nodes} nodes: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    `  ${constantCount} constants, ${(constantBytes / 1e6).toFixed(1)} MB; ${(mutableBytes / 1e6).toFixed(1)} MB of state`,
  ];
}
