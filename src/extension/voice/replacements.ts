/** Every occurrence of a text in a document: as it is written, or in any case where it occurs in no other way. */
import type { Span } from './span';

export function replacements(text: string, find: string, replace: string): (Span & { readonly text: string })[] {
  const exact = occurrences(text, find);
  const found = exact.length > 0 ? exact : occurrences(text.toLowerCase(), find.toLowerCase());
  return found.map((start) => ({ start, end: start + find.length, text: replace }));
}

function occurrences(text: string, find: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(find); at >= 0; at = text.indexOf(find, at + find.length)) found.push(at);
  return found;
}
