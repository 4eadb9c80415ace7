import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Addon, GraphInfo, LanguageModelInfo, MethodInfo, Program, TensorInfo } from '../native/addonTypes';
import { languageModelOf } from '../native/languageModel';
import { programMissing } from './errors';
import type { Manifest } from './manifest';
import { memoryNeed } from './memoryPlan';
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
  /** By method, of those that are one. */
  readonly languageModels: Readonly<Record<string, LanguageModelInfo>>;
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
      languageModels: languageModelsOf(program),
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

function languageModelsOf(program: Program): Record<string, LanguageModelInfo> {
  const found = program.methods.flatMap(({ name }) => {
    const info = languageModelOf(program, name);
    return info ? [[name, info] as const] : [];
  });
  return Object.fromEntries(found);
}

export function describeInspection(inspection: Inspection): string {
  const { path, bytes, model, methods, graphs, languageModels, constants } = inspection;
  const lines = [`${path}  (${megabytes(bytes)})`];
  if (model) {
    const parameters = model.parameters === null ? '' : `, ${(model.parameters / 1e6).toFixed(0)} M parameters`;
    lines.push(`${model.name}: ${model.family}, ${model.role}${parameters}`);
    lines.push(
      `context ${model.contextLength}, weights ${model.quantization}, activations ${model.dtype}, KV cache ${model.kvCache ?? model.dtype}`,
    );
    if (model.memory) lines.push(describeMemory(model, model.contextLength));
  }
  for (const { name, inputs, outputs, delegates } of methods) {
    if (name in constants) continue;
    lines.push('', `${name}(${inputs.map(describeTensor).join(', ')}) → ${outputs.map(describeTensor).join(', ')}`);
    lines.push(`  delegates: ${delegates.join(', ') || 'none'}`);
    if (name in languageModels) lines.push(describeLanguageModel(languageModels[name]!));
    for (const graph of graphs.filter(({ method }) => method === name)) lines.push(...describeGraph(graph));
  }
  const values = Object.entries(constants).map(([name, value]) => `  ${name} = ${String(value)}`);
  if (values.length > 0) lines.push('', 'constant methods:', ...values);
  return `${lines.join('\n')}\n`;
}

function describeMemory(manifest: Manifest, contextLength: number): string {
  const { weights, state, work } = memoryNeed({ manifest, bytes: 0 }, contextLength);
  const perToken = `${(manifest.memory!.stateBytesPerToken / 1e3).toFixed(1)} kB a token`;
  return `memory ${megabytes(weights + state + work)}: weights ${megabytes(weights)}, state ${megabytes(state)} (${perToken}), work ${megabytes(work)}`;
}

function describeTensor({ kind, dtype, shape }: TensorInfo): string {
  return kind === 'tensor' ? `${dtype}[${shape.join(', ')}]` : kind;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const reach = {
  anywhere: 'anywhere',
  saved: 'to kept states',
  oneChunk: 'one chunk',
  nowhere: 'only to its beginning',
} as const;

function describeLanguageModel({ contract, chunk, context, rewind, given }: LanguageModelInfo): string {
  const kind = given.length > 0 ? `a decoder that is given ${given.length} tensors` : 'a language model';
  return `  ${kind} (${contract}): ${chunk} tokens a call, context ${context ?? 'not stated'}, goes back ${reach[rewind]}`;
}

function describeGraph(graph: GraphInfo): string[] {
  const kinds = Object.entries(graph.nodeCounts).sort((a, b) => b[1] - a[1]);
  const nodes = kinds.reduce((sum, [, count]) => sum + count, 0);
  const types = Object.entries(graph.constantTypes).sort((a, b) => b[1].bytes - a[1].bytes);
  const shares = types.map(([dtype, { count, bytes }]) => `${count} ${dtype} ${megabytes(bytes)}`);
  const lines = [
    `  ${nodes} nodes: ${kinds.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    `  ${graph.constantCount} constants, ${megabytes(graph.constantBytes)}${shares.length > 0 ? `: ${shares.join(', ')}` : ''}`,
  ];
  if (graph.state.length > 0)
    lines.push(
      `  ${graph.state.length} state buffers, ${megabytes(graph.mutableBytes)}: ${describeState(graph.state)}`,
    );
  if (graph.cacheLayers.length > 0)
    lines.push(`  ${new Set(graph.cacheLayers).size} layers with KV caches outside the graph`);
  return lines;
}

/** Buffers of one type and shape together: 'float32[1, 2, 160, 16] × 6'. */
function describeState(state: GraphInfo['state']): string {
  const counts = new Map<string, number>();
  for (const { dtype, shape } of state) {
    const type = `${dtype}[${shape.map((size) => (size < 0 ? '?' : size)).join(', ')}]`;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].map(([type, count]) => (count > 1 ? `${type} × ${count}` : type)).join(', ');
}
