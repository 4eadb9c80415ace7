/**
 * The part of a document that a completion is asked with. Only that part is read, so a keystroke costs the same in a
 * file of 200 lines and of 20,000; and its start moves in steps, so the next keystroke's prompt begins the same.
 */
export interface Position {
  readonly line: number;
  readonly character: number;
}

/** What is needed of a vscode.TextDocument; offsets in UTF-16 units. */
export interface DocumentReader {
  readonly lineCount: number;
  offsetAt(position: Position): number;
  positionAt(offset: number): Position;
  textBetween(start: Position, end: Position): string;
}

export interface DocumentWindow {
  readonly prefix: string;
  readonly prefixOffset: number;
  readonly suffix: string;
  readonly cursorOffset: number;
}

/** Longest prefix and suffix sent, in UTF-16 units: several times what the largest prompt holds, and still small. */
export const prefixBudget = 32_768;
export const suffixBudget = 4_096;

export function readWindow(document: DocumentReader, cursor: Position): DocumentWindow {
  const cursorOffset = document.offsetAt(cursor);
  const start = windowStart(document, cursor, cursorOffset);
  const end = document.positionAt(cursorOffset + suffixBudget);
  return {
    prefix: document.textBetween(start, cursor),
    prefixOffset: document.offsetAt(start),
    suffix: document.textBetween(cursor, end),
    cursorOffset,
  };
}

/** The first line start at or after a multiple of a quarter of the budget; within one huge line, that multiple itself. */
function windowStart(document: DocumentReader, cursor: Position, cursorOffset: number): Position {
  if (cursorOffset <= prefixBudget) return { line: 0, character: 0 };
  const step = prefixBudget / 4;
  const offset = Math.ceil((cursorOffset - prefixBudget) / step) * step;
  const at = document.positionAt(offset);
  if (at.character === 0 || at.line >= cursor.line) return at;
  return { line: at.line + 1, character: 0 };
}
