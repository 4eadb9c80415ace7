/**
 * How code is spoken, for a recogniser that goes on in the manner of the text before: it writes "open paren" and "dot" where it would
 * write brackets, or guess at words it has never read in a row.
 */
import type { SpokenDocument } from '../../../protocol';
import { languageOf } from './languages';

const code =
  'pascal case image loader, let total equals items dot filter open paren item close paren, while count not equals three colon new line, ' +
  'snake case retry limit semicolon, dunder main, open bracket close bracket, quote main menu end quote, fat arrow, dollar, spell charlie delta';

/** undefined: where prose is written. */
export function spokenManner({ languageId }: SpokenDocument): string | undefined {
  return languageOf(languageId).family === 'prose' ? undefined : code;
}
