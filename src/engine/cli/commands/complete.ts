import { TextDecoder } from 'node:util';
import type { CompleteParams } from '../../../protocol';
import type { CliContext, CommandDefinition } from '../context';
import { offsetAt } from '../cursor';
import { readInput } from '../files';
import { addGenerationOptions, type GenerationFlags, samplingOf, wholeNumber } from '../generationOptions';
import { printJson, summarizeTimings } from '../output';

interface CompleteFlags extends GenerationFlags {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly prefixFile?: string;
  readonly suffixFile?: string;
  readonly singleLine?: boolean;
}

export const completeCommand: CommandDefinition = (program, context) => {
  const command = program.command('complete').description('one completion at a cursor');
  addGenerationOptions(command)
    .option('--file <path>', 'the document')
    .option('--line <n>', 'the cursor, counted from 1', wholeNumber(1))
    .option('--column <n>', 'the cursor, counted from 1 in UTF-16 units', wholeNumber(1))
    .option('--prefix-file <path>', 'the text before the cursor, instead of --file')
    .option('--suffix-file <path>', 'the text after the cursor')
    .option('--single-line', 'stop at the end of the first line')
    .action(async (flags: CompleteFlags) => {
      const byPosition = flags.file !== undefined && flags.line !== undefined && flags.column !== undefined;
      if (byPosition === (flags.prefixFile !== undefined)) {
        command.error('error: give --file, --line and --column, or --prefix-file');
      }
      await complete(context, flags);
    });
};

async function complete({ engine, signal, stdout, stderr }: CliContext, flags: CompleteFlags): Promise<void> {
  const params: CompleteParams = {
    model: flags.model,
    ...(await textAround(flags)),
    prefixOffset: 0,
    multiline: !flags.singleLine,
    sampling: samplingOf(flags),
    ...(flags.maxTokens === undefined ? {} : { maxTokens: flags.maxTokens }),
  };
  const live = flags.stream || !flags.json;
  const onText = (delta: string) => void (flags.json ? printJson(stdout, { delta }) : stdout.write(delta));
  const result = await engine.complete(params, { signal, ...(live ? { onText } : {}) });
  if (flags.json) printJson(stdout, result);
  else stdout.write('\n');
  if (!flags.json && stderr.isTTY) stderr.write(`${summarizeTimings(result)}\n`);
}

async function textAround(flags: CompleteFlags): Promise<{ prefix: string; suffix: string }> {
  if (flags.prefixFile !== undefined) {
    const suffix = flags.suffixFile === undefined ? '' : await readText(flags.suffixFile);
    return { prefix: await readText(flags.prefixFile), suffix };
  }
  const text = await readText(flags.file!);
  const offset = offsetAt(text, flags.line!, flags.column!);
  return { prefix: text.slice(0, offset), suffix: text.slice(offset) };
}

async function readText(path: string): Promise<string> {
  return new TextDecoder().decode(await readInput(path));
}
