/** What an utterance means → what is done about it. Knows nothing of the editor. */
import type { SpokenCommand, SpokenOutcome } from '../../protocol';
import type { SpokenPlace } from './place';
import type { SpokenResult } from './state';

export interface CarryOutParts {
  /** Rejects with what a user should read. */
  readonly run: (command: SpokenCommand) => Promise<void>;
  readonly confirm: (command: SpokenCommand, why: 'dangerous' | 'uncertain') => Promise<boolean>;
  readonly choose: (commands: readonly SpokenCommand[]) => Promise<SpokenCommand | undefined>;
  /** The place where text was to go is gone: offers it to the user. */
  readonly rescue: (text: string) => void;
}

export async function carryOut(
  outcome: SpokenOutcome,
  place: SpokenPlace,
  parts: CarryOutParts,
): Promise<SpokenResult> {
  switch (outcome.kind) {
    case 'insert':
      if (await place.insert(outcome.text)) return { kind: 'inserted', text: outcome.text };
      parts.rescue(outcome.text);
      return { kind: 'unplaced', text: outcome.text };
    case 'run':
      // The engine never lets a dangerous command run unasked; neither does this side.
      return outcome.command.dangerous ? asked(outcome.command, 'dangerous', parts) : ran(outcome.command, parts);
    case 'confirm':
      return asked(outcome.command, outcome.why, parts);
    case 'didYouMean': {
      const chosen = await parts.choose(outcome.commands);
      if (!chosen) return { kind: 'declined', title: outcome.commands[0]?.title ?? '' };
      return chosen.dangerous ? asked(chosen, 'dangerous', parts) : ran(chosen, parts);
    }
    case 'none':
      return { kind: 'nothing', reason: outcome.reason, detail: outcome.detail };
  }
}

async function asked(
  command: SpokenCommand,
  why: 'dangerous' | 'uncertain',
  parts: CarryOutParts,
): Promise<SpokenResult> {
  if (await parts.confirm(command, why)) return ran(command, parts);
  return { kind: 'declined', title: command.title };
}

async function ran(command: SpokenCommand, { run }: CarryOutParts): Promise<SpokenResult> {
  await run(command);
  return { kind: 'ran', title: command.title };
}
