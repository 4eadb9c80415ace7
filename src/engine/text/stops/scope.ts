/** Which of the generated lines still belong to the block that the cursor is in. */
import { closesBlock, indentationOf, isBlank, opensBlock } from './indentation';

export interface Scope {
  /** Lines indented less than this end the completion. */
  readonly indentation: number;
  /** Indentation at which a closing bracket still belongs, because the block it closes is the one being written. */
  readonly closer: number | null;
}

/** The scope of a cursor at the end of `prefix`. */
export function scopeAt(prefix: string): Scope {
  const lines = prefix.split('\n');
  const cursorLine = lines.pop()!;
  const column = indentationOf(cursorLine);
  const opener = isBlank(cursorLine) ? (lines.findLast((line) => !isBlank(line)) ?? '') : cursorLine;
  if (!opensBlock(opener)) return { indentation: column, closer: null };
  const outside = indentationOf(opener);
  return { indentation: isBlank(cursorLine) ? Math.max(column, outside + 1) : outside + 1, closer: outside };
}

/**
 * How many of the generated lines are kept, and whether the completion ends after them. `lines[0]` continues the
 * cursor's line; a last line that is still being written is not passed.
 */
export function keptLines(
  lines: readonly string[],
  scope: Scope,
  cursorLine: string,
): { keep: number; ended: boolean } {
  const inner = scopeAfterFirstLine(scope, cursorLine, lines[0] ?? '');
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    if (isBlank(line)) {
      if (endsAtBlank(lines, i, inner)) return { keep: i, ended: true };
      continue;
    }
    if (indentationOf(line) >= inner.indentation) continue;
    const closes = closesBlock(line) && indentationOf(line) === inner.closer;
    return { keep: closes ? i + 1 : i, ended: true };
  }
  return { keep: lines.length, ended: false };
}

/** A first line that opens a block, as in `def f(|` → `n):`, moves the scope in. */
function scopeAfterFirstLine(scope: Scope, cursorLine: string, first: string): Scope {
  if (isBlank(cursorLine) || isBlank(first) || !opensBlock(cursorLine + first)) return scope;
  const outside = indentationOf(cursorLine);
  return { indentation: outside + 1, closer: outside };
}

/** Two blank lines in a row always end a completion; one does at the top level, once there is something to show. */
function endsAtBlank(lines: readonly string[], index: number, scope: Scope): boolean {
  const previous = lines[index - 1]!;
  if (index >= 2 && isBlank(previous)) return true;
  return scope.indentation === 0 && lines.slice(0, index).some((line) => !isBlank(line));
}
