import { invalidArgument } from '../errors';
import { refuseIgnored, type Request, requests } from '../speech/requests';
import type { CliContext } from './context';

type Flags = { readonly [Key in Request]?: unknown } & { readonly ask?: string | undefined };

/**
 * Flags that the named model would ignore are an error: whoever wrote one wants what it says. A model that is not there, or is none for
 * speech, is the command's to tell.
 * @throws invalid_argument
 */
export async function refuseIgnoredFlags(
  { registry }: CliContext,
  model: string,
  { ask, ...flags }: Flags,
): Promise<void> {
  const asked = requests.filter((request) => flags[request] !== undefined && flags[request] !== false);
  if (asked.length === 0) return;
  if (ask !== undefined) {
    throw invalidArgument(
      'What says how a sound is written down means nothing to a question about it.',
      'Leave the other options out, and say in the question what you want.',
    );
  }
  const installed = await registry.store.find(model).catch(() => null);
  const speech = installed?.manifest.speech;
  if (speech) refuseIgnored(speech.kind, asked);
}
