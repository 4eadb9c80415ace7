import { describe, expect, it } from 'vitest';
import {
  prefixBudget,
  readWindow,
  suffixBudget,
  type DocumentReader,
  type Position,
} from '../../../../src/extension/completion/documentWindow';

/** A document that counts the characters read from it. */
function documentOf(text: string): DocumentReader & { read: number } {
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  const offsetAt = ({ line, character }: Position): number => (starts[line] ?? text.length) + character;
  return {
    read: 0,
    lineCount: starts.length,
    offsetAt,
    positionAt(offset) {
      const bounded = Math.min(offset, text.length);
      const line = starts.findLastIndex((start) => start <= bounded);
      return { line, character: bounded - (starts[line] ?? 0) };
    },
    textBetween(start, end) {
      const part = text.slice(offsetAt(start), offsetAt(end));
      this.read += part.length;
      return part;
    },
  };
}

const lines = (count: number): string => Array.from({ length: count }, (_, n) => `let value${n} = ${n};`).join('\n');
const endOf = (document: DocumentReader): Position => document.positionAt(Infinity);

describe('readWindow', () => {
  it('takes all of a small document', () => {
    const document = documentOf('one\ntwo\nthree');
    const window = readWindow(document, { line: 1, character: 1 });
    expect(window).toEqual({ prefix: 'one\nt', prefixOffset: 0, suffix: 'wo\nthree', cursorOffset: 5 });
  });

  it('reads no more of 20,000 lines than its budget', () => {
    const text = lines(20_000);
    const document = documentOf(text);
    const cursor = { line: 15_000, character: 4 };
    const { prefix, prefixOffset, suffix } = readWindow(document, cursor);
    expect(document.read).toBeLessThanOrEqual(prefixBudget + suffixBudget);
    expect(prefix.length).toBeGreaterThan(prefixBudget / 2);
    expect(text.slice(prefixOffset, document.offsetAt(cursor))).toBe(prefix);
    expect(text[prefixOffset - 1]).toBe('\n');
    expect(suffix).toHaveLength(suffixBudget);
  });

  it('keeps its start while the user types, and moves it only now and then', () => {
    let text = lines(5_000);
    const offsets = new Set<number>();
    for (let typed = 0; typed < prefixBudget; typed += 64) {
      const document = documentOf(text);
      offsets.add(readWindow(document, endOf(document)).prefixOffset);
      text += 'x'.repeat(63) + '\n';
    }
    expect(offsets.size).toBeLessThanOrEqual(5);
  });

  it('cuts inside one huge line', () => {
    const document = documentOf('x'.repeat(200_000));
    const { prefix, prefixOffset } = readWindow(document, { line: 0, character: 150_000 });
    expect(prefix.length).toBeLessThanOrEqual(prefixBudget);
    expect(prefix.length + prefixOffset).toBe(150_000);
  });
});
