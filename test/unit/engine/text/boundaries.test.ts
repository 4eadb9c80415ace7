import { describe, expect, it } from 'vitest';
import { chooseBoundaryRule, splitAtBoundaries } from '../../../../src/engine/text/boundaries';

/** A toy tokenizer: the code points of each piece that a pattern finds, joined by a hash of the piece. */
const byPattern = (pattern: RegExp) => (text: string) =>
  (text.match(pattern) ?? []).map((piece) => [...piece].reduce((hash, c) => (hash * 31 + c.codePointAt(0)!) | 0, 7));

const gpt2 = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
const llama3 =
  /(?:'[sS]|'[tT])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

describe('where a text may be cut', () => {
  it('is before a newline for GPT-2’s pattern and after it for Llama 3’s', () => {
    expect(chooseBoundaryRule(byPattern(gpt2))).toBe('lineEnd');
    expect(chooseBoundaryRule(byPattern(llama3))).toBe('lineStart');
  });

  it('is nowhere for a tokenizer that looks at the whole text', () => {
    expect(chooseBoundaryRule((text) => [text.length])).toBe('none');
  });

  it('keeps every character, and blank lines together', () => {
    const text = 'a\n\n\n  b\n\tc\n';
    expect(splitAtBoundaries(text, 'lineStart')).toEqual(['a\n\n\n', '  b\n', '\tc\n']);
    expect(splitAtBoundaries(text, 'lineEnd')).toEqual(['a', '\n\n\n  b', '\n\tc', '\n']);
    expect(splitAtBoundaries('', 'lineStart')).toEqual(['']);
  });
});
