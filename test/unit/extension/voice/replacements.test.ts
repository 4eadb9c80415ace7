import { describe, expect, it } from 'vitest';
import { replacements } from '../../../../src/extension/voice/replacements';

describe('replacements', () => {
  it('are of the exact text, or in any case where it occurs in no other way', () => {
    expect(replacements('ab aB ab', 'ab', 'x')).toEqual([
      { start: 0, end: 2, text: 'x' },
      { start: 6, end: 8, text: 'x' },
    ]);
    expect(replacements('Foo foO', 'foo', 'x').map(({ start }) => start)).toEqual([0, 4]);
    expect(replacements('aaa', 'aa', 'b')).toHaveLength(1);
    expect(replacements('abc', 'z', 'b')).toEqual([]);
  });
});
