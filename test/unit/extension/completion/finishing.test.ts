import { describe, expect, it } from 'vitest';
import { finishCompletion } from '../../../../src/extension/completion/finishing';

const at = (change: { lineAfter?: string; following?: string; multiline?: boolean } = {}) => ({
  lineAfter: '',
  following: '',
  multiline: true,
  ...change,
});

describe('finishCompletion', () => {
  it('keeps inner line breaks and drops trailing space', () => {
    expect(finishCompletion('a\r\n  b  \n\n', at())).toBe('a\n  b');
  });

  it('ends with the line where only one is wanted', () => {
    expect(finishCompletion('a + b\nc', at({ multiline: false }))).toBe('a + b');
    expect(finishCompletion('\nc', at({ multiline: false }))).toEqual({ kind: 'nothing', reason: 'emptyAnswer' });
  });

  it('leaves out what already stands to the right', () => {
    expect(finishCompletion('a, b)', at({ lineAfter: ')' }))).toBe('a, b');
    expect(finishCompletion('"x"});', at({ lineAfter: '});' }))).toBe('"x"');
    expect(finishCompletion('a, b', at({ lineAfter: ')' }))).toBe('a, b');
    expect(finishCompletion(')', at({ lineAfter: ')' }))).toEqual({ kind: 'nothing', reason: 'emptyAnswer' });
  });

  it('says nothing rather than repeat the next line', () => {
    const surroundings = at({ following: '\n    return total\n' });
    expect(finishCompletion('return total', surroundings)).toEqual({ kind: 'nothing', reason: 'repeatsNextLine' });
    expect(finishCompletion('return count', surroundings)).toBe('return count');
    expect(finishCompletion('}', at({ following: '}\n' }))).toBe('}');
  });
});
