/**
 * The last suggestions, so that typing what was suggested (or deleting some of it again) is answered from memory,
 * without the engine.
 */
import type { DocumentWindow } from './documentWindow';

interface Suggestion {
  readonly uri: string;
  /** UTF-16 offset in the document where `text` would be inserted. */
  readonly offset: number;
  /** What stood right before and after that offset. */
  readonly before: string;
  readonly after: string;
  readonly text: string;
}

const contextLength = 256;

export class RecentSuggestions {
  private readonly suggestions: Suggestion[] = [];

  constructor(private readonly capacity = 50) {}

  add(uri: string, window: DocumentWindow, text: string): void {
    const { prefix, suffix, cursorOffset } = window;
    const before = prefix.slice(-contextLength);
    this.suggestions.unshift({ uri, offset: cursorOffset, before, after: suffix.slice(0, contextLength), text });
    this.suggestions.length = Math.min(this.suggestions.length, this.capacity);
  }

  /** What is left of an earlier suggestion at this cursor, or undefined. */
  remainder(uri: string, { prefix, suffix, cursorOffset }: DocumentWindow): string | undefined {
    const after = suffix.slice(0, contextLength);
    for (const suggestion of this.suggestions) {
      const typedLength = cursorOffset - suggestion.offset;
      if (suggestion.uri !== uri || typedLength < 0 || typedLength >= suggestion.text.length) continue;
      const typed = suggestion.text.slice(0, typedLength);
      if (!prefix.endsWith(suggestion.before + typed)) continue;
      const rest = withoutClosers(suggestion.text.slice(typedLength), after, suggestion.after);
      if (rest) return rest;
    }
    return undefined;
  }

  clear(): void {
    this.suggestions.length = 0;
  }
}

const mostClosers = 2;

/**
 * `rest`, if what follows the cursor is still `before`; without its end where the editor has put that in by itself
 * (typing `(` gives `()`). Undefined if something else follows.
 */
function withoutClosers(rest: string, after: string, before: string): string | undefined {
  for (let count = 0; count <= mostClosers; count++) {
    const closers = after.slice(0, count);
    if (!/^[)\]}"'`]*$/.test(closers) || !rest.endsWith(closers)) return undefined;
    const following = after.slice(count);
    if (following === before.slice(0, contextLength - count)) return rest.slice(0, rest.length - count);
  }
  return undefined;
}
