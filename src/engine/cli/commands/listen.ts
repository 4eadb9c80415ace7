import type { ListenUpdate, ListenWarning } from '../../../protocol';
import { invalidArgument } from '../../errors';
import { unmute } from '../../speech/listening/nothing';
import type { Utterance } from '../../speech/listening/listenOn';
import { times } from '../clock';
import type { CliContext, CommandDefinition } from '../context';
import { number, wholeNumber } from '../generationOptions';
import { printJson } from '../output';
import { ProgressLine } from '../progressLine';
import { refuseIgnoredFlags } from '../speechRequests';
import { listMicrophones } from './microphones';

interface ListenFlags {
  readonly model?: string;
  readonly microphone?: string;
  readonly file?: string;
  readonly pace?: number;
  readonly language?: string;
  readonly pause?: number;
  readonly list?: boolean;
  readonly json?: boolean;
}

export const listenCommand: CommandDefinition = (program, context) => {
  program
    .command('listen')
    .description('microphone → text as it is spoken, until interrupted')
    .option('--model <id>', 'a speech model of the store')
    .option('--microphone <id>', 'as `pteron microphones` names it; default: the system’s choice')
    .option('--file <file.wav>', 'hear a file instead, at the pace of speech')
    .option('--pace <times>', 'hear the file faster', number(0.1, 1000))
    .option('--language <code>', 'what is spoken, e.g. de or German; default: as heard')
    .option('--pause <ms>', 'silence that ends an utterance; default 700', wholeNumber(100))
    .option('--list', 'list the microphones instead')
    .option('--json', 'print JSON Lines: opened, partial, utterance, nothing, warning')
    .action((flags: ListenFlags) => (flags.list ? listMicrophones(context, flags) : listen(context, flags)));
};

async function listen(context: CliContext, flags: ListenFlags): Promise<void> {
  const { engine, signal, stdout, stderr } = context;
  const { json, pause: pauseMs, model, list: _list, ...rest } = flags;
  if (model === undefined)
    throw invalidArgument('No model is named.', 'Give a speech model of the store with --model.');
  await refuseIgnoredFlags(context, model, flags);
  const report = json ? new JsonReport(stdout) : new TextReport(stdout, stderr);
  await engine.listenOn(
    { ...rest, model, ...(pauseMs === undefined ? {} : { pauseMs }) },
    {
      onOpen: (microphone) => report.opened(microphone?.name ?? flags.file!),
      onUpdate: (update) => report.update(update),
      onUtterance: (utterance) => report.utterance(utterance),
      stop: signal,
    },
  );
  report.end();
}

interface Report {
  opened(source: string): void;
  update(update: ListenUpdate): void;
  utterance(utterance: Utterance): void;
  end(): void;
}

class JsonReport implements Report {
  #text = '';
  #warning: ListenWarning | undefined;

  constructor(private readonly stdout: NodeJS.WritableStream) {}

  opened(source: string): void {
    printJson(this.stdout, { type: 'opened', source });
  }

  update({ confirmed, tentative, seconds, warning }: ListenUpdate): void {
    if (warning !== undefined && warning !== this.#warning)
      printJson(this.stdout, { type: 'warning', warning, seconds });
    this.#warning = warning;
    if (this.#text === confirmed + tentative) return;
    this.#text = confirmed + tentative;
    if (this.#text !== '') printJson(this.stdout, { type: 'partial', seconds, confirmed, tentative });
  }

  utterance(utterance: Utterance): void {
    const { kind, start, end } = utterance;
    if (kind === 'nothing') {
      return printJson(this.stdout, { type: kind, start, end, reason: utterance.reason, detail: utterance.detail });
    }
    const { text, language, segments } = utterance.transcription;
    printJson(this.stdout, { type: 'utterance', start, end, text, language, confidence: confidenceOf(segments) });
  }

  end(): void {}
}

/** The text goes to stdout once it stays; what changes is one line on stderr. */
class TextReport implements Report {
  readonly #line: ProgressLine;
  #warning: ListenWarning | undefined;

  constructor(
    private readonly stdout: NodeJS.WritableStream,
    private readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean },
  ) {
    this.#line = new ProgressLine(stderr);
  }

  opened(source: string): void {
    this.#say(`Listening to ${source}; Ctrl+C ends it.`);
  }

  update({ confirmed, tentative, level, warning }: ListenUpdate): void {
    if (warning !== undefined && warning !== this.#warning) this.#say(describe(warning));
    this.#warning = warning;
    if (this.stderr.isTTY) this.#line.show(`${meter(level)} ${confirmed}${tentative}`);
  }

  utterance(utterance: Utterance): void {
    this.#line.clear();
    const when = times(utterance.start, utterance.end);
    if (utterance.kind === 'text') this.stdout.write(`${when}  ${utterance.transcription.text}\n`);
    else this.#say(`${when}  ${utterance.detail}`);
  }

  end(): void {
    this.#line.clear();
  }

  #say(text: string): void {
    this.#line.clear();
    this.stderr.write(`${text}\n`);
  }
}

const meterWidth = 10;
const meter = (level: number): string => {
  const full = Math.round(level * meterWidth);
  return `${'▮'.repeat(full)}${'▯'.repeat(meterWidth - full)}`;
};

function describe(warning: ListenWarning): string {
  switch (warning) {
    case 'no_sound':
      return `The microphone gives silence only. ${unmute()}`;
    case 'too_loud':
      return 'It is too loud: the sound is cut off. Lower the microphone’s volume.';
    case 'device_changed':
      return 'Another microphone is heard: the one that was chosen is not there, or has just come back.';
  }
}

function confidenceOf(segments: readonly { readonly confidence: number }[]): number {
  const sum = segments.reduce((total, { confidence }) => total + confidence, 0);
  return segments.length === 0 ? 0 : sum / segments.length;
}
