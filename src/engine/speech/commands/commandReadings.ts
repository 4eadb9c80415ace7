import type { SpeechMode, SpokenDocument, UserPhrase } from '../../../protocol';
import { biasTerms } from '../dictation/biasPrompt';
import type { ExpectedPhrase } from '../recognizer';
import { expectedPhrases } from './expectedPhrases';

interface Situation {
  readonly mode?: SpeechMode | undefined;
  readonly phrases?: readonly UserPhrase[] | undefined;
  readonly document?: SpokenDocument | undefined;
}

export interface CommandReadings {
  readonly alternatives: number;
  readonly expected?: readonly ExpectedPhrase[];
  readonly names?: readonly string[];
}

/** Of the sound; the one that makes most sense is taken. */
const otherReadings = 4;

/** Of the open file, those near the cursor first. */
const mostNames = 60;

/**
 * How a sound is recognised whose text `interpretSpeech` will interpret: the readings that it chooses from are the recogniser's own, and
 * the grammar's phrases, with names of the open file, that the sound supports. The names are no prompt here: as one they make Whisper
 * write code where a command was said.
 * @throws invalid_argument for phrases that cannot be used
 */
export function commandReadings({ mode, phrases, document }: Situation): CommandReadings {
  if (mode === 'dictation') return { alternatives: otherReadings };
  const names = document ? biasTerms(document).slice(0, mostNames).map(spokenName) : [];
  return { alternatives: otherReadings, expected: expectedPhrases(phrases), names };
}

/** getUserName, get_user_name → 'get user name' */
const spokenName = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/[_\W]+/g, ' ')
    .trim()
    .toLowerCase();
