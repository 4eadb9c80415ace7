/**
 * How code is spoken, for a recogniser that goes on in the manner of the text before: it writes "open paren" and "dot" where it would
 * write brackets, or guess at words it has never read in a row.
 */
import type { SpokenDocument } from '../../../protocol';
import { languageOf } from './languages';

const code =
  'camel case get user name, const names equals orders dot map open paren order close paren, if x double equals one colon new line, ' +
  'snake case max page size semicolon, dunder init, open bracket, quote hello end quote, arrow, dollar, spell alpha bravo';

/** undefined: where prose is written. */
export function spokenManner({ languageId }: SpokenDocument): string | undefined {
  return languageOf(languageId).family === 'prose' ? undefined : code;
}
