/** Dictated lines after the first are indented as the editor would have done, had they been typed. */

export interface IndentStyle {
  readonly unit: string;
}

const opens = /[:{([]\s*$/;
const closes = /^\s*[})\]]/;

/** `before`: the text of the first line before the cursor. */
export function indented(text: string, before: string, { unit }: IndentStyle): string {
  if (!text.includes('\n')) return text;
  let indent = /^\s*/.exec(before)?.[0] ?? '';
  const [first = '', ...rest] = text.split('\n');
  let previous = before + first;
  const lines = rest.map((line) => {
    if (opens.test(previous)) indent += unit;
    if (closes.test(line) && indent.endsWith(unit)) indent = indent.slice(0, -unit.length);
    previous = line;
    const own = /^[ \t]/.test(line);
    return line === '' || own ? line : indent + line;
  });
  // A line break at the very end leaves the cursor where the next line begins.
  if (lines.at(-1) === '') lines[lines.length - 1] = indent;
  return [first, ...lines].join('\n');
}
