import type { TranscriptSegment, Transcription } from '../../../protocol';
import { invalidArgument } from '../../errors';
import { decodeAudio } from '../../speech/audio/decodeAudio';
import type { CliContext, CommandDefinition } from '../context';
import { readInput } from '../files';
import { number, wholeNumber } from '../generationOptions';
import { times } from '../clock';
import { printJson } from '../output';
import { refuseIgnoredFlags } from '../speechRequests';
import { hearMicrophone } from './hearMicrophone';

interface TranscribeFlags {
  readonly model: string;
  readonly mic?: boolean;
  readonly microphone?: string;
  readonly language?: string;
  readonly prompt?: string;
  readonly translate?: boolean;
  readonly temperature?: number;
  readonly beam?: number;
  readonly alternatives?: number;
  readonly ask?: string;
  readonly delay?: number;
  readonly json?: boolean;
}

export const transcribeCommand: CommandDefinition = (program, context) => {
  program
    .command('transcribe')
    .description('speech → text, with times and confidence')
    .argument('[file.wav]', 'PCM or floating point, any rate and number of channels')
    .option('--mic', 'hear a microphone instead, until a pause or Ctrl+C')
    .option('--microphone <id>', 'which, as `pteron microphones` names it; default: the system’s choice')
    .requiredOption('--model <id>', 'a speech model of the store')
    .option('--language <code>', 'what is spoken, e.g. de or German; default: as heard (Whisper, Voxtral Mini)')
    .option('--prompt <text>', 'names and spellings to expect (Whisper)')
    .option('--translate', 'into English (Whisper)')
    .option(
      '--temperature <t>',
      'draw at this alone; default: at 0, and hotter where that cannot be trusted (Whisper)',
      number(0, 1),
    )
    .option('--beam <n>', 'sequences that are searched, 1 … 16; 1 is greedy, default 5 (Whisper)', wholeNumber(1, 16))
    .option(
      '--alternatives <n>',
      'most other readings, of a sound of at most 30 s (all but Voxtral Realtime)',
      wholeNumber(1),
    )
    .option('--ask <question>', 'answer a question about the sound instead (Voxtral Mini)')
    .option('--delay <ms>', 'how far the text may be behind the sound (Voxtral Realtime), 80 … 2400', wholeNumber(80))
    .option('--json', 'print one JSON object')
    .action((file: string | undefined, flags: TranscribeFlags) => transcribe(context, file, flags));
};

async function transcribe(
  context: CliContext,
  file: string | undefined,
  { mic, microphone, ...flags }: TranscribeFlags,
): Promise<void> {
  await refuseIgnoredFlags(context, flags.model, { ...flags, delayMs: flags.delay });
  if (mic || microphone !== undefined) return hearMicrophone(context, file, { ...flags, microphone }, print);
  if (file === undefined) throw invalidArgument('No sound is named.', 'Give a WAV file, or --mic.');
  const { engine, signal, stdout } = context;
  const samples = await decodeAudio(await readInput(file));
  const onSegment = (segment: TranscriptSegment) => void stdout.write(`${describe(segment)}\n`);
  const { json, ask, delay, ...rest } = flags;
  const question = ask === undefined ? {} : { question: ask };
  const params = { ...rest, ...question, ...(delay === undefined ? {} : { delayMs: delay }) };
  const result = await engine.transcribe({ ...params, samples }, { signal, ...(json ? {} : { onSegment }) });
  if (json) return printJson(stdout, result);
  printRest(context, result);
}

/** A result that was not printed segment by segment. */
function print(context: CliContext, result: Transcription): void {
  for (const segment of result.segments) context.stdout.write(`${describe(segment)}\n`);
  printRest(context, result);
}

function printRest({ stdout, stderr }: CliContext, result: Transcription): void {
  for (const text of result.alternatives ?? []) stdout.write(`or: ${text}\n`);
  for (const { start, end, reason } of result.skipped) {
    stderr.write(`${times(start, end)}  ${reason === 'silence' ? 'silence' : 'no speech'}\n`);
  }
  if (stderr.isTTY) stderr.write(`${summarize(result)}\n`);
}

const describe = ({ start, end, text, confidence }: TranscriptSegment): string =>
  `${times(start, end)}  ${`${Math.round(100 * confidence)} %`.padStart(5)}  ${text}`;

function summarize({ seconds, language, finish, timings }: Transcription): string {
  const spent = (timings.featuresMs + timings.encodeMs + timings.decodeMs) / 1000;
  return `[${finish}: ${seconds.toFixed(1)} s of ${language ?? 'silence'} in ${spent.toFixed(1)} s, ${timings.tokens} tokens]`;
}
