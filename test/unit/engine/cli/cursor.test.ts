import { describe, expect, it } from 'vitest';
import { offsetAt } from '../../../../src/engine/cli/cursor';

const text = 'def f():\n\n    return "😀"\r\nlast';

describe('a cursor given by line and column', () => {
  it.each([
    [1, 1, 0],
    [1, 9, 8],
    [2, 1, 9],
    [3, 5, 14],
    [3, 16, 25], // after the closing quote: the emoji is two UTF-16 units
    [4, 5, text.length],
  ])('line %i, column %i is offset %i', (line, column, offset) => {
    expect(offsetAt(text, line, column)).toBe(offset);
  });

  it.each([
    [5, 1, 'It has 4 lines.'],
    [0, 1, 'It has 4 lines.'],
    [2, 2, 'Its columns are 1 to 1.'],
    [1, 10, 'Its columns are 1 to 9.'],
    [4, 0, 'Its columns are 1 to 5.'],
  ])('line %i, column %i is out of range', (line, column, remedy) => {
    expect(() => offsetAt(text, line, column)).toThrow(
      expect.objectContaining({ code: 'cursor_out_of_range', remedy }),
    );
  });

  it('takes line 1, column 1 of an empty file', () => {
    expect(offsetAt('', 1, 1)).toBe(0);
  });
});
