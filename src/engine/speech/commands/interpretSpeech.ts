/** The recogniser's alternatives → the outcome of the one that makes most sense here. */
import type { InterpretSpeechParams, InterpretSpeechResult, PaletteCommand, SpokenOutcome } from '../../../protocol';
import { speechContext } from './context';
import { defaultCommands } from './defaultCommands';
import { type Chooser, interpret } from './interpret';
import { rulesWith } from './rules';

/** What it costs not to be the recogniser's first choice, and each rank down in its order: of many readings the last is not far off. */
const costOf = (rank: number): number => (rank === 0 ? 0 : 0.04 + 0.01 * rank);

type Situation = Omit<InterpretSpeechParams, 'alternatives'>;
export type OutcomeOf = (text: string, chooser?: Chooser) => Promise<SpokenOutcome>;

/** @throws invalid_argument for phrases that cannot be used */
export async function interpretSpeech(
  { alternatives, ...situation }: InterpretSpeechParams,
  chooser?: Chooser,
): Promise<InterpretSpeechResult> {
  const outcomeOf = interpreterIn(situation);
  const best = await mostSensible(alternatives, outcomeOf);
  if (!chooser || best.outcome.kind !== 'didYouMean') return best;
  // The model is asked last, and about the best reading only.
  return { heard: best.heard, outcome: await outcomeOf(best.heard, chooser) };
}

/** What a text means in one situation, whose names are looked for once. @throws invalid_argument for phrases that cannot be used */
export function interpreterIn(situation: Situation): OutcomeOf {
  const { document, focus, mode = 'auto', files, phrases, commands = defaultCommands, extensionCommands } = situation;
  const rules = rulesWith(phrases);
  const context = speechContext({ document, focus, files, palette: withExtensions(commands, extensionCommands) });
  return (text, chooser) => interpret(text, context, { rules, mode, chooser });
}

/** Of several readings, the recogniser's first choice first. */
export async function mostSensible(
  alternatives: readonly string[],
  outcomeOf: OutcomeOf,
): Promise<InterpretSpeechResult> {
  const [first = ''] = alternatives;
  let best = { heard: first, outcome: await outcomeOf(first) };
  if (isSettled(best.outcome)) return best;
  let most = plausibility(best.outcome);
  for (const [rank, heard] of alternatives.entries()) {
    if (rank === 0 || most >= 1 - costOf(rank)) continue;
    const outcome = await outcomeOf(heard);
    const value = plausibility(outcome) - costOf(rank);
    if (value > most) [best, most] = [{ heard, outcome }, value];
  }
  return best;
}

/** A command that both name keeps the first title: ours says more where a title means nothing without its category. */
function withExtensions(
  commands: readonly PaletteCommand[],
  others: readonly PaletteCommand[] = [],
): readonly PaletteCommand[] {
  const known = new Set(commands.map(({ id }) => id));
  return others.length === 0 ? commands : [...commands, ...others.filter(({ id }) => !known.has(id))];
}

/**
 * Whether no other reading could change the outcome of the first: what fits a command as it stands, and what takes back or forbids,
 * which must not be overruled by what else it sounds like.
 */
export function isSettled(outcome: SpokenOutcome): boolean {
  if (outcome.kind === 'none') return outcome.reason === 'dismissed' || outcome.reason === 'negated';
  return (outcome.kind === 'run' || outcome.kind === 'confirm') && plausibility(outcome) >= 1 - costOf(1);
}

/** How well an outcome explains what was heard; the recogniser's first choice wins between equals. */
function plausibility(outcome: SpokenOutcome): number {
  switch (outcome.kind) {
    case 'run':
    case 'confirm':
      return outcome.command.confidence;
    case 'insert':
      return 0.9 * outcome.confidence;
    case 'didYouMean':
      return 0.5;
    case 'none':
      // A line that is not there was understood all the same.
      return outcome.reason === 'no_match' ? 0 : outcome.reason === 'line_out_of_range' ? 0.9 : 0.3;
  }
}
