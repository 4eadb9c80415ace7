import { Option } from 'commander';
import {
  type ExportOptions,
  type ExportPlan,
  type ExportProgress,
  exportModel,
  type ExportTools,
  planExport,
} from '../../export/exportModel';
import { type InstalledModel, summarize } from '../../models/store';
import { addonPath } from '../../native/loader';
import type { CliContext, CommandDefinition } from '../context';
import { formatBytes, printJson } from '../output';
import { ProgressLine } from '../progressLine';

interface Flags extends ExportOptions {
  readonly json?: boolean;
  readonly stream?: boolean;
  readonly dryRun?: boolean;
}

export const exportCommand: CommandDefinition = (program, context) => {
  program
    .command('export')
    .description('turn a checkpoint into a verified model of the store')
    .argument(
      '<source>',
      'a Hugging Face id (org/name[@revision][:file.gguf]), a folder with safetensors, a GGUF file, or silero_vad.jit',
    )
    .option('--id <id>', 'what to call it; by default as the source')
    .addOption(
      new Option('--role <role>', 'by default as the model and its template say').choices([
        'completion',
        'chat',
        'speech',
        'vad',
      ]),
    )
    .option(
      '--quantize <scheme>',
      'auto (default), keep, none, bf16, fp16, fp32, nvfp4 or bits as in 4:g64; parts as in 4,embedding=8,head=8,experts=4',
    )
    .option('--group <columns>', 'how many values of a row share a scale')
    .option('--dtype <dtype>', 'of activations, scales and KV cache: bf16, fp16 or fp32')
    .option('--kv <type>', 'what keys and values are kept in: bf16, fp16, fp32, or 8 or 4 bits; default: --dtype')
    .option('--context <tokens>', 'the longest prompt with its answer')
    .option('--out <folder>', "the model's folder; by default its place in the store")
    .option('--no-verify', 'skip the comparison with transformers')
    .option('--dry-run', 'say what would be made and what it needs, and make nothing')
    .option('--json', 'print one JSON object')
    .option('--stream', 'with --json: progress as JSON Lines before it')
    .action((source: string, flags: Flags) => run(context, source, flags));
};

async function run(context: CliContext, source: string, { json, stream, dryRun, ...options }: Flags): Promise<void> {
  const { stdout, stderr } = context;
  const line = new ProgressLine(stderr);
  const tools = toolsOf(context, (progress) => {
    if (!json) line.show(describeProgress(progress));
    else if (stream) printJson(stdout, { progress });
  });
  try {
    if (dryRun) {
      const plan = await planExport(source, options, tools);
      line.clear();
      return json ? printJson(stdout, plan) : void stdout.write(describePlan(plan));
    }
    const model = await exportModel(source, options, tools);
    line.clear();
    if (json)
      printJson(stdout, { ...summarize(model), folder: model.folder, verification: model.manifest.verification });
    else stdout.write(describeModel(model));
  } finally {
    line.clear();
  }
}

function toolsOf({ registry, signal }: CliContext, onProgress: (progress: ExportProgress) => void): ExportTools {
  return { store: registry.store, addon: findAddon(), signal, onProgress };
}

/** Without an addon the exporter compares the model that it lowered, not the program. */
function findAddon(): string | undefined {
  try {
    return addonPath();
  } catch {
    return undefined;
  }
}

function describeProgress({ text, doneBytes, totalBytes }: ExportProgress): string {
  return doneBytes === undefined
    ? text
    : `${text}: ${formatBytes(doneBytes)} of ${formatBytes(totalBytes ?? doneBytes)}`;
}

function describeModel({ manifest, bytes, folder }: InstalledModel): string {
  const { id, role, quantization, contextLength } = manifest;
  return `Exported ${id}: ${role}, ${quantization}, ${formatBytes(bytes)}, context ${contextLength}.\n${folder}\n`;
}

function describePlan(plan: ExportPlan): string {
  return Object.entries(plan)
    .map(([name, value]) => `${name.replace(/Bytes$/, '').padEnd(14)}${describeValue(name, value)}\n`)
    .join('');
}

function describeValue(name: string, value: unknown): string {
  if (typeof value === 'number' && name.endsWith('Bytes')) return formatBytes(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
