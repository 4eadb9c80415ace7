/** The recogniser's alternatives → the outcome of the one that makes most sense here. */
import type { InterpretSpeechParams, InterpretSpeechResult, PaletteCommand, SpokenOutcome } from '../../../protocol';
import { speechContext } from './context';
import { defaultCommands } from './defaultCommands';
import { type Chooser, interpret } from './interpret';
import { rulesWith } from './rules';

/** What it costs not to be the recogniser's first choice, and each rank down in its order: of many readings the last is not far off. */
const costOf = (rank: number): number => (rank === 0 ? 0 : 0.04 + 0.01 * rank);

/** @throws invalid_argument for phrases that cannot be used */
export async function interpretSpeech(
  params: InterpretSpeechParams,
  chooser?: Chooser,
): Promise<InterpretSpeechResult> {
  const { alternatives, document, focus, mode, files, phrases, commands = defaultCommands } = params;
  const palette = withExtensions(commands, params.extensionCommands);
  const rules = rulesWith(phrases);
  const context = speechContext({ document, focus, files, palette });
  const options = { rules, mode: mode ?? 'auto' } as const;
  let best = { heard: alternatives[0] ?? '', outcome: await interpret(alternatives[0] ?? '', context, options) };
  if (isSettled(best.outcome)) return best;
  let most = plausibility(best.outcome);
  for (const [rank, heard] of alternatives.entries()) {
    if (rank === 0 || most >= 1 - costOf(rank)) continue;
    const outcome = await interpret(heard, context, options);
    const value = plausibility(outcome) - costOf(rank);
    if (value > most) [best, most] = [{ heard, outcome }, value];
  }
  // The model is asked last, and about the best reading only.
  if (chooser && best.outcome.kind === 'didYouMean') {
    return { heard: best.heard, outcome: await interpret(best.heard, context, { ...options, chooser }) };
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
