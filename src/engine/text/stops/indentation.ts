const tabWidth = 4;

/** Columns of white space at the start of a line. */
export function indentationOf(line: string): number {
  let columns = 0;
  for (const character of line) {
    if (character === ' ') columns++;
    else if (character === '\t') columns += tabWidth;
    else break;
  }
  return columns;
}

export const isBlank = (line: string): boolean => line.trim() === '';

/** A line that opens a block: what belongs to it is indented deeper. */
export const opensBlock = (line: string): boolean => /[:{([]\s*$|=>\s*$|\b(then|do|begin)\s*$/.test(line);

/** A line that only closes what an earlier line opened. */
export const closesBlock = (line: string): boolean => /^\s*([)\]}]+[)\]};,]*|end\b.*|<\/[\w.]+>)\s*$/.test(line);

/** Whether a line that is still being written may turn out to close a block. */
export const mayBecomeCloser = (line: string): boolean => /^\s*([)\]}<]|e(n(d.*)?)?$)/.test(line);
