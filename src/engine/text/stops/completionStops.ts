/** What ends a completion, and how much of its text is shown. Decided inside decoding: a token not needed is not drawn. */
import { isBlank, mayBecomeCloser } from './indentation';
import { loopStart, repeatedLine } from './repetition';
import { keptLines, type Scope, scopeAt } from './scope';
import type { StopRule } from './stopRule';

export interface CompletionPlace {
  readonly prefix: string;
  readonly suffix: string;
  readonly multiline: boolean;
}

/** Held back from streaming: a loop is known only in a later round, and is cut back to its first. */
const heldBack = { lines: 6, characters: 200 };

export class CompletionStops implements StopRule {
  readonly #multiline: boolean;
  readonly #cursorLine: string;
  readonly #restOfLine: string;
  readonly #followingLine: string | null;
  readonly #scope: Scope;

  constructor({ prefix, suffix, multiline }: CompletionPlace) {
    const [rest = '', ...following] = suffix.split('\n', 40);
    this.#restOfLine = rest.trim();
    // In the middle of a line the offer is the rest of that line.
    this.#multiline = multiline && isOnlyClosers(this.#restOfLine);
    this.#cursorLine = prefix.slice(prefix.lastIndexOf('\n') + 1);
    this.#followingLine = following.find((line) => !isBlank(line))?.trimEnd() ?? null;
    this.#scope = scopeAt(prefix);
  }

  check(text: string): { stop: boolean; settled: number } {
    const lines = text.split('\n');
    const complete = lines.slice(0, -1);
    const { keep, ended } = this.#keep(complete);
    if (ended || loopStart(text) !== null || this.#leavesScope(lines)) return { stop: true, settled: 0 };
    const lineEnd = complete.slice(0, Math.max(0, Math.min(keep, complete.length - heldBack.lines))).join('\n').length;
    const limit = Math.min(lineEnd, text.length - heldBack.characters);
    return { stop: false, settled: limit > 0 ? text.slice(0, text.lastIndexOf('\n', limit) + 1).trimEnd().length : 0 };
  }

  trim(text: string): string {
    const loop = loopStart(text);
    const lines = (loop === null ? text : text.slice(0, loop)).split('\n');
    const complete = lines.slice(0, -1);
    const { keep, ended } = this.#keep(complete);
    // A last line cut off by the token limit is judged as if it were whole.
    const kept = ended ? complete.slice(0, keep) : lines.slice(0, this.#keep(lines).keep);
    return this.#withoutRest(kept.join('\n')).trimEnd();
  }

  #keep(lines: readonly string[]): { keep: number; ended: boolean } {
    if (!this.#multiline) {
      const first = lines.findIndex((line) => !isBlank(line));
      return first >= 0 ? { keep: first + 1, ended: true } : { keep: lines.length, ended: false };
    }
    const scope = keptLines(lines, this.#scope, this.#cursorLine);
    const stops = [this.#suffixLine(lines), repeatedLine(lines)].filter((index) => index !== null);
    const earliest = Math.min(...stops, scope.keep);
    return { keep: earliest, ended: scope.ended || stops.length > 0 };
  }

  /** Whether the line being written is out of the block already: its first character tells, unless it may be a closer. */
  #leavesScope(lines: readonly string[]): boolean {
    const last = lines.at(-1)!;
    if (!this.#multiline || lines.length < 2 || isBlank(last) || mayBecomeCloser(last)) return false;
    return keptLines(lines, this.#scope, this.#cursorLine).ended;
  }

  /** Index of the generated line that is already there right of or below the cursor, or null. */
  #suffixLine(lines: readonly string[]): number | null {
    const isThere = (line: string) =>
      line.trimEnd() === this.#followingLine || (this.#restOfLine !== '' && line.trim() === this.#restOfLine);
    const index = lines.findIndex((line, i) => i > 0 && isThere(line));
    return index >= 0 ? index : null;
  }

  /** What stands right of the cursor is not offered again: `foo(|)` → `a, b`, not `a, b)`. */
  #withoutRest(text: string): string {
    const trimmed = text.trimEnd();
    const rest = this.#restOfLine;
    return rest !== '' && !trimmed.includes('\n') && trimmed.endsWith(rest) ? trimmed.slice(0, -rest.length) : text;
  }
}

function isOnlyClosers(rest: string): boolean {
  return /^[)\]}'"`;,:>]*$/.test(rest);
}
