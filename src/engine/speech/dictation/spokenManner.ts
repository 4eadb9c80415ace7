/**
 * How code is spoken, for a recogniser that goes on in the manner of the text before: it writes "open paren" and "dot" where it would
 * write brackets, or guess at words it has never read in a row.
 */
import type { SpokenDocument } from '../../../protocol';
import { languageOf } from './languages';

const code =
  'def snake case retry limit open paren size comma step close paren arrow float colon new line, let total equals items dot filter ' +
  'open paren item fat arrow item dot width plus two close paren semicolon, func pascal case image loader open brace close brace, ' +
  'while index is less than none colon, hash slash dash star pipe dollar, quote main menu end quote, dunder main, spell charlie delta';

/** undefined: where prose is written. */
export function spokenManner({ languageId }: SpokenDocument): string | undefined {
  return languageOf(languageId).family === 'prose' ? undefined : code;
}
