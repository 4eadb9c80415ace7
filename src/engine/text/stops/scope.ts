/** Which of the generated lines still belong to the block that the cursor is in. */
import { closesBlock, indentationOf, isBlank, opensBlock } from './indentation';

export interface Scope {
  /** Lines indented less than this end the completion. */
  readonly indentation: number;
  /** Whether a closing bracket one level out still belongs (the completion opened or continued that block). */
  readonly takesCloser: boolean;
}

/** The scope of a cursor at the end of `prefix`. */
export function scopeAt(prefix: string): Scope {
  const line = prefix.slice(prefix.lastIndexOf('\n') + 1);
  const indentation = indentationOf(line);
  if (isBlank(line)) return { indentation, takesCloser: false };
  return opensBlock(line) ? { indentation: indentation + 1, takesCloser: true } : { indentation, takesCloser: false };
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
  // A first line that opens a block, as in `def f(|` → `n):`, moves the scope in.
  const opened = opensBlock(cursorLine + (lines[0] ?? ''));
  const base = indentationOf(cursorLine);
  const inner: Scope = opened && !isBlank(cursorLine) ? { indentation: base + 1, takesCloser: true } : scope;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    if (isBlank(line)) {
      if (endsAtBlank(lines, i, inner)) return { keep: i, ended: true };
      continue;
    }
    if (indentationOf(line) >= inner.indentation) continue;
    const closer = inner.takesCloser && closesBlock(line) && indentationOf(line) === base;
    return { keep: closer ? i + 1 : i, ended: true };
  }
  return { keep: lines.length, ended: false };
}

/** Two blank lines in a row always end a completion; one does at the top level, once there is something to show. */
function endsAtBlank(lines: readonly string[], index: number, scope: Scope): boolean {
  const previous = lines[index - 1]!;
  if (index >= 2 && isBlank(previous)) return true;
  return scope.indentation === 0 && lines.slice(0, index).some((line) => !isBlank(line));
}
