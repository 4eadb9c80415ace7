import { describe, expect, it } from 'vitest';
import { placeThrough, through } from '../../../../src/extension/voice/span';

const change = (rangeOffset: number, rangeLength: number, text: string) => ({ rangeOffset, rangeLength, text });

describe('a span', () => {
  const span = { start: 10, end: 14 };
  it.each([
    ['typing before it', change(3, 0, 'ab'), { start: 12, end: 16 }],
    ['typing at its start', change(10, 0, 'ab'), { start: 12, end: 16 }],
    ['deleting before it', change(3, 4, ''), { start: 6, end: 10 }],
    ['typing at its end', change(14, 0, 'ab'), span],
    ['typing after it', change(20, 2, 'abc'), span],
    ['typing within it', change(12, 0, 'a'), undefined],
    ['deleting it', change(10, 4, ''), undefined],
    ['replacing everything', change(0, 100, 'x'), undefined],
  ])('after %s', (_name, edit, expected) => {
    expect(through(span, edit)).toEqual(expected);
  });

  it('as a place goes after what was typed over it', () => {
    expect(placeThrough({ start: 5, end: 5 }, change(5, 0, 'ab'))).toEqual({ start: 7, end: 7 });
    expect(placeThrough(span, change(10, 4, 'xyz'))).toEqual({ start: 13, end: 13 });
    expect(placeThrough({ start: 5, end: 5 }, change(2, 10, ''))).toEqual({ start: 2, end: 2 });
  });
});
