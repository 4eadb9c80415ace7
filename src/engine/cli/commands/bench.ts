import { invalidArgument } from '../../errors';
import type { LoadedModel } from '../../models/loadedModel';
import type { CliContext, CommandDefinition } from '../context';
import { wholeNumber } from '../generationOptions';
import { measureReadBandwidth } from '../memoryBandwidth';
import { formatBytes, printJson } from '../output';

interface BenchFlags {
  readonly model: string;
  readonly prompt: number;
  readonly generate: number;
  readonly json?: boolean;
}

/** What `pteron bench --json` prints. */
export interface BenchReport {
  readonly model: string;
  readonly promptTokens: number;
  readonly generatedTokens: number;
  readonly loadMs: number;
  readonly prefillTokensPerSecond: number;
  readonly decodeTokensPerSecond: number;
  /** From a prompt that the KV cache knows nothing of to its first token. */
  readonly firstTokenMs: number;
  /** The same, after one more token was typed. */
  readonly nextTokenMs: number;
  readonly peakBytes: number;
  /** Weight bytes read a second, as a share of what memory delivers; null where that was not measured (GPU). */
  readonly bandwidthShare: number | null;
}

export const benchCommand: CommandDefinition = (program, context) => {
  program
    .command('bench')
    .description('prefill and decode speed, time to first token, peak memory')
    .requiredOption('--model <id>', 'an installed model')
    .option('--prompt <n>', 'prompt tokens', wholeNumber(1), 512)
    .option('--generate <n>', 'tokens to generate', wholeNumber(2), 128)
    .option('--json', 'print one JSON object')
    .action(async (flags: BenchFlags) => {
      const report = await bench(context, flags);
      if (flags.json) printJson(context.stdout, report);
      else context.stdout.write(describe(report));
    });
};

async function bench({ registry, addon, signal }: CliContext, flags: BenchFlags): Promise<BenchReport> {
  const started = performance.now();
  const model = await registry.get(flags.model);
  const loadMs = performance.now() - started;
  const { contextLength } = model;
  if (flags.prompt + flags.generate + 1 > contextLength) {
    throw invalidArgument(
      `${flags.prompt} + ${flags.generate} tokens exceed the context of ${contextLength}.`,
      'Lower --prompt or --generate.',
    );
  }
  const speed = await measureSpeed(model, flags, signal);
  const runtime = addon().runtimeInfo();
  const onCpu = runtime.mlxDevice.startsWith('cpu');
  const bandwidth = onCpu ? await measureReadBandwidth(runtime.threads) : null;
  const bytesPerToken =
    model.program.graphs.reduce((sum, graph) => sum + graph.constantBytes, 0) || model.installed.bytes;
  const share = bandwidth === null ? null : (bytesPerToken * speed.decodeTokensPerSecond) / bandwidth;
  return {
    model: flags.model,
    promptTokens: flags.prompt,
    generatedTokens: flags.generate,
    loadMs,
    ...speed,
    peakBytes: runtime.memory.peakResidentBytes,
    bandwidthShare: share,
  };
}

async function measureSpeed(model: LoadedModel, { prompt, generate }: BenchFlags, signal: AbortSignal) {
  const lane = model.lane('completion');
  const tokens = promptOf(model, prompt + 1);
  // The first pass pages the weights in and lets every thread start.
  await lane.feed([...tokens].reverse().slice(0, Math.min(prompt, 64)), signal);
  await lane.decode({ maxTokens: 2 });
  let begun = performance.now();
  await lane.feed(tokens.slice(0, prompt), signal);
  const prefillMs = performance.now() - begun;
  await lane.decode({ maxTokens: 1 });
  const firstTokenMs = performance.now() - begun;
  begun = performance.now();
  await lane.feed(tokens, signal);
  await lane.decode({ maxTokens: 1 });
  const nextTokenMs = performance.now() - begun;
  begun = performance.now();
  // Without stop ids: every run generates as many tokens.
  const { tokens: generated } = await lane.decode({ maxTokens: generate, signal });
  const decodeMs = performance.now() - begun;
  signal.throwIfAborted();
  return {
    prefillTokensPerSecond: prompt / (prefillMs / 1000),
    decodeTokensPerSecond: generated.length / (decodeMs / 1000),
    firstTokenMs,
    nextTokenMs,
  };
}

/** So many tokens of code. */
function promptOf(model: LoadedModel, count: number): number[] {
  const line = (i: number) => `def function_${i}(value, other=${i * 7}):\n    return value * ${i} + other\n\n`;
  const tokens: number[] = [];
  for (let i = 0; tokens.length < count; i++) tokens.push(...model.encoder.encode(line(i)));
  return tokens.slice(0, count);
}

function describe(report: BenchReport): string {
  const facts = [
    ['model', report.model],
    ['load', `${report.loadMs.toFixed(0)} ms`],
    ['prefill', `${report.prefillTokensPerSecond.toFixed(1)} tokens/s (${report.promptTokens} tokens)`],
    ['decode', `${report.decodeTokensPerSecond.toFixed(1)} tokens/s (${report.generatedTokens} tokens)`],
    ['first token', `${report.firstTokenMs.toFixed(0)} ms; after one more token ${report.nextTokenMs.toFixed(0)} ms`],
    ['peak memory', formatBytes(report.peakBytes)],
    ['bandwidth', report.bandwidthShare === null ? 'not measured' : `${(report.bandwidthShare * 100).toFixed(0)} %`],
  ];
  return facts.map(([name, value]) => `${name!.padEnd(13)}${value}\n`).join('');
}
