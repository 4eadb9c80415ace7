import { PteronError } from '../../protocol';

/**
 * UTF-16 offset of a 1-based line and column (UTF-16 units; the column after the last character is allowed).
 * @throws cursor_out_of_range saying what the range is
 */
export function offsetAt(text: string, line: number, column: number): number {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  const start = starts[line - 1];
  if (start === undefined) {
    throw outOfRange(`Line ${line} is outside the file.`, `It has ${starts.length} lines.`);
  }
  const newline = text.indexOf('\n', start);
  const end = newline < 0 ? text.length : text[newline - 1] === '\r' ? newline - 1 : newline;
  const length = Math.max(end - start, 0);
  if (column < 1 || column > length + 1) {
    throw outOfRange(`Column ${column} is outside line ${line}.`, `Its columns are 1 to ${length + 1}.`);
  }
  return start + column - 1;
}

function outOfRange(message: string, remedy: string): PteronError {
  return new PteronError('cursor_out_of_range', message, remedy);
}
