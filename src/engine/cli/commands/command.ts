import { relative } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { TextDecoder } from 'node:util';
import { type Command, Option } from 'commander';
import {
  type InterpretSpeechParams,
  type InterpretSpeechResult,
  PteronError,
  type SpeechFocus,
  type SpeechMode,
  type SpokenCommand,
  type SpokenDocument,
  type UserPhrase,
} from '../../../protocol';
import { invalidArgument } from '../../errors';
import { decodeAudio } from '../../speech/audio/decodeAudio';
import { type CommandReadings, commandReadings } from '../../speech/commands/commandReadings';
import type { CliContext, CommandDefinition } from '../context';
import { offsetAt } from '../cursor';
import { readInput } from '../files';
import { wholeNumber } from '../generationOptions';
import { languageOfPath } from '../languageOfPath';
import { printJson } from '../output';
import { filesOf } from '../workspaceFiles';

interface CommandFlags {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly workspace: string;
  readonly commands?: string;
  readonly phrases?: string;
  readonly focus?: SpeechFocus;
  readonly mode?: SpeechMode;
  readonly model?: string;
  readonly speechModel?: string;
  readonly alternative?: readonly string[];
  readonly json?: boolean;
}

export const commandCommand: CommandDefinition = (program, context) => {
  const command: Command = program.command('command').description('what an utterance would do; nothing is done');
  command
    .argument('[text]', 'what was said, or a sound file of it (.wav); standard input where absent')
    .option('--file <path>', 'the open file')
    .option('--line <n>', 'the cursor, counted from 1; the end of the file where absent', wholeNumber(1))
    .option('--column <n>', 'the cursor, counted from 1 in UTF-16 units', wholeNumber(1), 1)
    .option('--workspace <folder>', 'whose files can be named', '.')
    .option('--commands <path>', 'the palette: a JSON array of {id, title, category?}')
    .option('--phrases <path>', 'own phrases: a JSON array of {say, command, args?, confirm?}')
    .option('--alternative <text...>', 'what else the recogniser understood, likeliest first')
    .option('--speech-model <id>', 'what recognises a sound file; the first installed speech model where absent')
    .option('--model <id>', 'a chat model that says which of several near commands is likeliest')
    .addOption(new Option('--focus <where>', 'where text would go').choices(['editor', 'terminal', 'chat']))
    .addOption(new Option('--mode <mode>', 'command or dictation only').choices(['auto', 'command', 'dictation']))
    .option('--json', 'print one JSON object')
    .action(async (text: string | undefined, flags: CommandFlags) => {
      const said = text ?? (context.stdin.isTTY ? undefined : (await readAll(context.stdin)).trim());
      if (said === undefined) command.error('error: say something: pteron command --file F "go to line 12"');
      await interpret(context, said, flags);
    });
};

async function interpret(context: CliContext, given: string, flags: CommandFlags): Promise<void> {
  const { engine, stdout } = context;
  const { focus, mode, model, alternative = [] } = flags;
  if (model !== undefined) await engine.loadModel(model);
  const document = flags.file === undefined ? undefined : await documentOf(flags.file, flags);
  const phrases = flags.phrases === undefined ? undefined : await readList<UserPhrase>(flags.phrases);
  const readings = /\.wav$/i.test(given)
    ? await recognised(context, given, commandReadings({ mode, phrases, document }), flags.speechModel)
    : [given];
  const params: InterpretSpeechParams = {
    alternatives: [...readings, ...alternative],
    files: await filesOf(flags.workspace),
    ...(document ? { document } : {}),
    ...(flags.commands === undefined ? {} : { commands: await readList(flags.commands) }),
    ...(phrases ? { phrases } : {}),
    ...(focus === undefined ? {} : { focus }),
    ...(mode === undefined ? {} : { mode }),
    ...(model === undefined ? {} : { model }),
  };
  const result = await engine.interpretSpeech(params);
  if (flags.json) printJson(stdout, result);
  else stdout.write(`${describe(result)}\n`);
}

/** All readings, likeliest first. @throws file_not_found, audio_invalid, speech_unavailable */
async function recognised(
  { engine, signal }: CliContext,
  path: string,
  how: CommandReadings,
  wanted: string | undefined,
): Promise<readonly string[]> {
  const samples = await decodeAudio(await readInput(path));
  const model = wanted ?? (await engine.listModels()).find(({ role }) => role === 'speech')?.id;
  if (model === undefined) {
    const remedy = 'Install a speech model (`pteron models add`), or give the text that was said.';
    throw new PteronError('speech_unavailable', `${path} is audio, and no speech model is installed.`, remedy);
  }
  const params = { model, samples, ...how };
  const { text, alternatives = [] } = await engine.transcribe(params, { signal });
  return [text, ...alternatives];
}

async function documentOf(path: string, { workspace, line, column = 1 }: CommandFlags): Promise<SpokenDocument> {
  const text = new TextDecoder().decode(await readInput(path));
  const offset = line === undefined ? text.length : offsetAt(text, line, column);
  return { path: relative(workspace, path), languageId: languageOfPath(path), text, offset };
}

/** @throws file_not_found, invalid_argument */
async function readList<T>(path: string): Promise<readonly T[]> {
  const text = new TextDecoder().decode(await readInput(path));
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list as T[];
  } catch {
    // Told below, as of any other content.
  }
  throw invalidArgument(`${path} holds no JSON array.`, 'Correct the file.');
}

function describe({ outcome }: InterpretSpeechResult): string {
  switch (outcome.kind) {
    case 'insert':
      return outcome.text;
    case 'none':
      return `nothing (${outcome.reason}): ${outcome.detail}`;
    case 'didYouMean':
      return ['did you mean', ...outcome.commands.map((command) => `  ${line(command)}`)].join('\n');
    default:
      return `${outcome.kind}${outcome.kind === 'confirm' ? ` (${outcome.why})` : ''}: ${line(outcome.command)}`;
  }
}

function line({ command, title, args, confidence }: SpokenCommand): string {
  const withArgs = args === undefined ? '' : ` ${JSON.stringify(args)}`;
  return `${title} [${command}${withArgs}], confidence ${confidence.toFixed(2)}`;
}
