/** What the utterance itself says about its kind: "type …", "command …", "don't …", "never mind". */
import type { SpeechMode } from '../../../protocol';

export interface Directed {
  readonly mode: SpeechMode;
  /** "literally …": symbols' names are words too. */
  readonly literal: boolean;
  /** The words that remain, as they were recognised. */
  readonly said: string;
}

const toDictate = /^\W*(?:dictate|dictation|type|insert text|write out|say)\b[,:]?\s+(?=\S)/i;
const verbatim = /^\W*(?:literally|verbatim)\b[,:]?\s+(?=\S)/i;
const toCommand = /^\W*(?:command(?! palette)|computer|hey pteron|pteron)\b[,:]?\s+(?=\S)/i;
/** "type" begins commands too: those are left to the grammar. */
const notDictation = /^\W*type (?:in (?:the )?(?:integrated )?terminal|definition)\b/i;
/** `type` is a keyword as well: "type pascal user id equals …", "type server struct". */
const typeDeclaration =
  /^\W*type (?:pascal|hammer|camel|snake|constant|\w+(?: \w+){0,2} (?:equals|struct|interface|less than|open))\b/i;
const dismissals =
  /^(?:(?:no|oh|wait|actually|sorry|okay) )*(?:never ?mind|forget (?:it|that|about it|i said that)|cancel(?: that)?|nothing|stop listening|ignore (?:that|me)|no wait|scrap (?:that|it)|disregard(?: that)?)$/i;
/** At the end of something else: said after a pause, or with a word that turns back. */
const takeBack =
  /(?:^|[\s,.;!?…—-])(?:(?:no|oh|wait|actually|sorry|okay|hold on|hang on|hmm|um|uh)[\s,.;!?…—-]+)*(?:never ?mind(?: that)?|forget (?:it|that|about it|i said that)|scrap (?:that|it)|cancel that|disregard that|ignore that|don't(?: do (?:that|it))?|no wait)[\s.!?…]*$/i;
const forbidding =
  /^(?:no |but |just |and |you )*(?:(?:i|we) (?:do not|don't|dont|didn't) want (?:you )?to|(?:you|we) (?:should not|shouldn't|must not|mustn't)|(?:do not|don't|dont) (?:ever|yet|you dare)|(?:do not|don't|dont|not|never))\s+/i;
const negations = /^(?:do not|don't|dont|never|please don't|please do not)\b/i;

export function directed(said: string, mode: SpeechMode, typeIsKeyword = false): Directed {
  if (mode !== 'command' && verbatim.test(said)) {
    return { mode: 'dictation', literal: true, said: said.replace(verbatim, '') };
  }
  if (mode === 'auto' && toCommand.test(said))
    return { mode: 'command', literal: false, said: said.replace(toCommand, '') };
  if (
    mode !== 'command' &&
    toDictate.test(said) &&
    !notDictation.test(said) &&
    !(typeIsKeyword && typeDeclaration.test(said))
  ) {
    return { mode: 'dictation', literal: false, said: said.replace(toDictate, '') };
  }
  return { mode, literal: false, said };
}

export function isDismissal(text: string): boolean {
  return dismissals.test(text);
}

export function isNegated(text: string): boolean {
  return negations.test(text);
}

/** What was said before it was taken back; null where it was not. */
export function withoutTakeBack(said: string): string | null {
  const rest = said.replace(takeBack, '').trim();
  return rest === said.trim() || rest === '' ? null : rest;
}

/** What is not to be done, if the rest is a command; null where nothing is forbidden. */
export function forbidden(text: string): string | null {
  return forbidding.test(text) ? text.replace(forbidding, '') : null;
}
