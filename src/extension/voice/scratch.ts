import { commandFailed } from './errors';
import type { SpokenEdits } from './spokenEdits';

/** Takes the last spoken edit back. @throws command_failed where there is none, or it was changed since */
export async function scratch(edits: SpokenEdits): Promise<void> {
  const taken = await edits.takeBack();
  if (taken === 'nothing') throw commandFailed('Nothing that was spoken is left to take back.');
  if (taken === 'changed') throw commandFailed('What was spoken last has been changed since: it is not taken back.');
}
