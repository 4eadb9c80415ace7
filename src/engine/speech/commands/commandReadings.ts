import type { SpeechFocus, SpeechMode, SpokenDocument, SpokenOutcome, UserPhrase } from '../../../protocol';
import { biasTerms } from '../dictation/biasPrompt';
import { spokenManner } from '../dictation/spokenManner';
import type { ExpectedPhrase } from '../recognizer';
import { expectedPhrases } from './expectedPhrases';
import { interpreterIn, isSettled, mostSensible, type OutcomeOf } from './interpretSpeech';

interface Situation {
  readonly focus?: SpeechFocus | undefined;
  readonly mode?: SpeechMode | undefined;
  readonly phrases?: readonly UserPhrase[] | undefined;
  readonly document?: SpokenDocument | undefined;
}

export interface CommandReadings {
  readonly beam: 1;
  readonly padding: 'silence';
  readonly alternatives: number;
  readonly expected?: readonly ExpectedPhrase[];
  readonly names?: readonly string[];
  readonly manner?: string;
  readonly isEnough?: (texts: readonly string[]) => Promise<boolean>;
}

/**
 * Of spoken commands and code more are right without a beam and with silence behind a short sound than with zeros or a beam of 5 (160,
 * 149 and 150 of 184), and sooner; what a beam adds, other readings do here.
 */
const heardFreely = { beam: 1, padding: 'silence' } as const;

/** Of the sound; the one that makes most sense is taken. */
const otherReadings = 4;

/** Of the open file, those near the cursor first. */
const mostNames = 60;

/**
 * How a sound is recognised whose text `interpretSpeech` will interpret: the readings that it chooses from are the recogniser's own, the
 * grammar's phrases, with names of the open file, that the sound supports, and what is written in the manner of spoken code. Where what
 * was read so far is a command as it stands, or code of known words, no others are made. The names are no prompt here: as one they make
 * Whisper write code where a command was said.
 * @throws invalid_argument for phrases that cannot be used
 */
export function commandReadings({ focus = 'editor', mode, phrases, document }: Situation): CommandReadings {
  const manner = focus === 'chat' || !document ? undefined : spokenManner(document);
  const dictated = { ...heardFreely, alternatives: otherReadings, ...(manner && { manner }) };
  if (mode === 'dictation') return dictated;
  const names = document ? biasTerms(document).slice(0, mostNames).map(spokenName) : [];
  const situation = { focus, ...(mode && { mode }), ...(phrases && { phrases }), ...(document && { document }) };
  const outcomeOf = eachOnce(() => interpreterIn(situation));
  const isEnough = async (texts: readonly string[]) => {
    const { outcome } = await mostSensible(texts, outcomeOf);
    return isSettled(outcome) || (manner !== undefined && isKnownCode(outcome));
  };
  return { ...dictated, expected: expectedPhrases(phrases), names, isEnough };
}

/** Readings come in stages, and are asked about together with those before. `begin`: when the first is asked about. */
function eachOnce(begin: () => OutcomeOf): OutcomeOf {
  const known = new Map<string, Promise<SpokenOutcome>>();
  let outcomeOf: OutcomeOf | undefined;
  return (text) => {
    const outcome = known.get(text) ?? (outcomeOf ??= begin())(text);
    known.set(text, outcome);
    return outcome;
  };
}

/** Every word of it is a symbol, a number, or known to the file or its language: what sounds like this is hardly a command. */
const isKnownCode = (outcome: SpokenOutcome): boolean => outcome.kind === 'insert' && outcome.confidence === 1;

/** getUserName, get_user_name → 'get user name' */
const spokenName = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .replace(/[_\W]+/g, ' ')
    .trim()
    .toLowerCase();
