/** Splits a special token's spelling inside documents; a private-use character that tokenizers have no entry for. */
const guard = '\uF8FE';

/** The pieces of a guarded text, each tokenized alone so that no special token's spelling is ever whole. */
export function splitAtGuard(text: string): string[] {
  return text.split(guard).filter((piece) => piece !== '');
}

/** A function that breaks every special token's spelling in two with the guard character. */
export function markerGuardFor(spellings: readonly string[]): (text: string) => string {
  const byLength = spellings.filter((spelling) => spelling.length > 1).sort((a, b) => b.length - a.length);
  if (byLength.length === 0) return (text) => text;
  const escaped = byLength.map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(escaped.join('|'), 'g');
  const firsts = [...new Set(byLength.map((spelling) => spelling.codePointAt(0)!))];
  const mayMatch = new RegExp(`[${firsts.map((first) => `\\u{${first.toString(16)}}`).join('')}]`, 'u');
  const broken = (spelling: string) => `${spelling.slice(0, 1)}${guard}${spelling.slice(1)}`;
  return (text) => (mayMatch.test(text) ? text.replace(pattern, broken) : text);
}
