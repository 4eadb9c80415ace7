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
const dismissals = /^(?:never ?mind|forget (?:it|that)|cancel(?: that)?|nothing|stop listening|ignore (?:that|me))$/i;
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
