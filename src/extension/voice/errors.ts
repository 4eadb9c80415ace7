import { PteronError } from '../../protocol/errors';
import { toPteronError } from '../engine/errors';

/** A spoken command was understood, and cannot be carried out here. */
export function commandFailed(message: string, remedy = 'Nothing was changed.', cause?: unknown): PteronError {
  return new PteronError('command_failed', message, remedy, { cause });
}

/** What VS Code or another extension threw while running a command is no defect of ours. */
export function asCommandFailure(title: string, error: unknown): PteronError {
  const known = toPteronError(error);
  if (known.code !== 'internal') return known;
  return commandFailed(`“${title}” failed: ${known.message}`, 'Run it from the command palette to see more.', error);
}
