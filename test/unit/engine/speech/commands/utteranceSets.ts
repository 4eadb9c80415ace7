/** The utterance sets of test/voice and how an outcome is compared with what is expected. */
import { readFileSync } from 'node:fs';
import type { InterpretSpeechParams, SpokenCommand, SpokenOutcome } from '../../../../../src/protocol';
import { interpretSpeech } from '../../../../../src/engine/speech/commands/interpretSpeech';

export interface Utterance {
  readonly say: string;
  readonly in?: string;
  readonly before?: string;
  readonly run?: string | readonly string[];
  readonly confirm?: string | readonly string[];
  readonly insert?: string;
  readonly none?: string;
  readonly didYouMean?: readonly string[];
  readonly args?: unknown;
  readonly lines?: readonly [number, number];
  readonly symbol?: string;
}

interface Place {
  readonly path: string;
  readonly languageId: string;
  readonly line: number;
  readonly padTo?: number;
  readonly focus?: 'editor' | 'chat' | 'terminal';
  readonly text: readonly string[];
}

const read = (name: string): unknown => JSON.parse(readFileSync(`test/voice/${name}.json`, 'utf8'));
const { files, ...places } = read('contexts') as { files: string[] } & Record<string, Place>;

export const utteranceSet = (name: 'utterances' | 'held-out' | 'code' | 'strangers' | 'strangers-2' | 'wordings') =>
  read(name) as Utterance[];

/** Where it is said. */
export function placeOf({ in: place = 'ts', before = '' }: Utterance): Omit<InterpretSpeechParams, 'alternatives'> {
  const { text, line, padTo = 0, focus, path, languageId } = (places as Record<string, Place>)[place]!;
  const lines = [...text];
  while (lines.length < padTo) lines.push('');
  // The cursor stands on a line of its own, so that what is around it does not matter.
  lines.splice(line - 1, 0, before);
  if (lines.length > Math.max(padTo, text.length)) if (padTo) lines.pop();
  const offset = lines.slice(0, line).join('\n').length;
  const document = { path, languageId, text: lines.join('\n'), offset };
  return { document, files, ...(focus === undefined ? {} : { focus }) };
}

export interface Scores {
  readonly right: number;
  /** Of those that dictate text. */
  readonly dictated: { readonly right: number; readonly total: number };
  /** Asked for or not: dangerous, and run without a question. */
  readonly dangerousRuns: number;
  /** What asked for something dangerous, and was taken for something else that was run. */
  readonly takenForOthers: number;
  /** One line an utterance. */
  readonly wrong: readonly string[];
}

export async function scored(
  utterances: readonly Utterance[],
  hear: (utterance: Utterance) => readonly string[] = ({ say }) => [say],
  spoken = false,
): Promise<Scores> {
  let [right, dangerousRuns, takenForOthers] = [0, 0, 0];
  let dictated = { right: 0, total: 0 };
  const wrong: string[] = [];
  for (const utterance of utterances) {
    const alternatives = hear(utterance);
    const { heard, outcome } = await interpretSpeech({ alternatives, ...placeOf(utterance) });
    const asks = [utterance.confirm ?? []].flat();
    if (outcome.kind === 'run') {
      const { command, dangerous } = outcome.command;
      if (dangerous || asks.includes(command)) dangerousRuns++;
      else if (asks.length > 0) takenForOthers++;
    }
    const isRight = isAsExpected(utterance, outcome, spoken);
    if (utterance.insert !== undefined)
      dictated = { right: dictated.right + Number(isRight), total: dictated.total + 1 };
    if (isRight) right++;
    else wrong.push(`${JSON.stringify({ ...utterance, heard, of: alternatives })}\n    → ${summary(outcome)}`);
  }
  return { right, dictated, dangerousRuns, takenForOthers, wrong };
}

function isAsExpected(expected: Utterance, outcome: SpokenOutcome, spoken: boolean): boolean {
  if (expected.insert !== undefined) return outcome.kind === 'insert' && isText(outcome.text, expected, spoken);
  if (expected.none !== undefined) return outcome.kind === 'none' && outcome.reason === expected.none;
  if (expected.didYouMean) {
    if (outcome.kind !== 'didYouMean') return false;
    return expected.didYouMean.every((id) => outcome.commands.some(({ command }) => command === id));
  }
  const kind = expected.run === undefined ? 'confirm' : 'run';
  if (outcome.kind !== kind) return false;
  return isCommand(expected, [expected.run ?? expected.confirm ?? []].flat(), outcome.command);
}

/** A recogniser gives prose the capitals and punctuation of a sentence, which the utterances are written without. */
function isText(text: string, { insert = '', say, in: place = 'ts' }: Utterance, spoken: boolean): boolean {
  if (text === insert) return true;
  if (!['txt', 'md', 'chat'].includes(place)) return false;
  if (spoken) return sentence(text) === sentence(insert);
  return !say.endsWith('.') && text === `${insert}.`;
}

const sentence = (text: string): string =>
  text
    .toLowerCase()
    .replace(/,(?=\n)/g, '')
    .replace(/[.?!]$/, '');

function isCommand(
  { args, lines, symbol }: Utterance,
  ids: readonly string[],
  { command, args: actual, target }: SpokenCommand,
): boolean {
  if (!ids.includes(command)) return false;
  if (args !== undefined && !contains(actual, args)) return false;
  if (lines && !(target?.kind === 'lines' && target.from === lines[0] && target.to === lines[1])) return false;
  return symbol === undefined || (target?.kind === 'symbol' && target.name === symbol);
}

/** Every expected field is there; more may be. */
function contains(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  return Object.entries(expected).every(([key, value]) =>
    contains((actual as Record<string, unknown> | undefined)?.[key], value),
  );
}

function summary(outcome: SpokenOutcome): string {
  if (outcome.kind === 'run' || outcome.kind === 'confirm') {
    const { command, args, target, confidence } = outcome.command;
    return JSON.stringify({ [outcome.kind]: command, args, target, confidence });
  }
  return JSON.stringify(outcome);
}
