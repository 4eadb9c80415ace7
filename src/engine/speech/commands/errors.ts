import type { PteronError } from '../../../protocol';
import { invalidArgument } from '../../errors';

export function invalidPhrase(pattern: string, problem: string): PteronError {
  return invalidArgument(
    `The voice phrase \`${pattern}\` cannot be used: ${problem}.`,
    'Correct it; docs/VOICE.md describes the notation.',
  );
}
