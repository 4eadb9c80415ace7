import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { invalidArgument } from '../../errors';
import type { Program, Tensor } from '../../native/addonTypes';
import { asBfloat16 } from '../../native/floats';
import type { CliContext, CommandDefinition } from '../context';
import { readInput } from '../files';
import { formatNpy, parseNpy } from '../npy';
import { printJson } from '../output';

interface RunOptions {
  method: string;
  call: string[];
  outputs: string;
  data?: string[];
  json?: boolean;
}

export interface CallReport {
  readonly call: number;
  readonly ms: number;
  readonly outputs: readonly { readonly file: string; readonly dtype: string; readonly shape: readonly number[] }[];
}

export const runCommand: CommandDefinition = (program, context) => {
  const append = (value: string, earlier: string[] = []) => [...earlier, value];
  program
    .command('run')
    .description('execute any program on NumPy inputs; calls run in order on one state')
    .argument('<file.pte>', 'the program')
    .option('--method <name>', 'the method to execute', 'forward')
    .requiredOption(
      '--call <files>',
      'comma-separated .npy inputs of one call, float32 for bfloat16 (repeatable)',
      append,
    )
    .requiredOption('--outputs <folder>', 'writes callN.outputM.npy (counted from 0; bfloat16 as float32)')
    .option('--data <file.ptd>', 'a file with further constants (repeatable)', append)
    .option('--json', 'print one JSON object')
    .action((file: string, options: RunOptions) => run(context, file, options));
};

async function run(context: CliContext, file: string, options: RunOptions): Promise<void> {
  const calls = await Promise.all(options.call.map((files) => Promise.all(files.split(',').map(readTensor))));
  await mkdir(options.outputs, { recursive: true });
  const program = await context.addon().Program.load(file, options.data ? { dataPaths: options.data } : {});
  try {
    checkMethod(program, options.method);
    const declared = program.methods.find(({ name }) => name === options.method)!.inputs;
    const asDeclared = (tensor: Tensor, index: number) =>
      tensor.dtype === 'float32' && declared[index]?.dtype === 'bfloat16' ? asBfloat16(tensor) : tensor;
    const reports: CallReport[] = [];
    for (const [index, inputs] of calls.entries()) {
      context.signal.throwIfAborted();
      const started = performance.now();
      const outputs = await program.run(options.method, inputs.map(asDeclared));
      const ms = performance.now() - started;
      reports.push({ call: index, ms, outputs: await writeOutputs(options.outputs, index, outputs) });
    }
    if (options.json) printJson(context.stdout, { calls: reports });
    else for (const report of reports) context.stdout.write(describe(report));
  } finally {
    program.dispose();
  }
}

function checkMethod(program: Program, method: string): void {
  const names = program.methods.map(({ name }) => name);
  if (!names.includes(method)) {
    throw invalidArgument(`The program has no method "${method}".`, `Its methods are ${names.join(', ')}.`);
  }
}

async function readTensor(path: string): Promise<Tensor> {
  const file = await readInput(path);
  try {
    return parseNpy(file);
  } catch (error) {
    throw invalidArgument(`The input ${path} cannot be used: ${(error as Error).message}.`, 'Save it with numpy.save.');
  }
}

async function writeOutputs(folder: string, call: number, outputs: readonly Tensor[]): Promise<CallReport['outputs']> {
  return Promise.all(
    outputs.map(async (tensor, index) => {
      const file = join(folder, `call${call}.output${index}.npy`);
      await writeFile(file, formatNpy(tensor));
      return { file, dtype: tensor.dtype, shape: tensor.shape };
    }),
  );
}

function describe({ call, ms, outputs }: CallReport): string {
  const lines = outputs.map(({ file, dtype, shape }) => `  ${file}  ${dtype}[${shape.join(', ')}]\n`);
  return `call ${call}: ${ms.toFixed(1)} ms\n${lines.join('')}`;
}
