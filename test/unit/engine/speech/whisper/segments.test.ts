import { describe, expect, it } from 'vitest';
import { compressionRatio } from '../../../../../src/engine/speech/compressionRatio';
import { cutAtTimestamps } from '../../../../../src/engine/speech/whisper/segments';
import { tinyTokens } from './tinyTokens';

const cut = (...drawn: number[]) => cutAtTimestamps(drawn, 60, tinyTokens);

describe('a window is cut at its timestamps', () => {
  it('into one segment that ends with its only end', () => {
    const { segments, consumed } = cut(20, 1, 2, 40);
    expect(segments).toEqual([{ start: 0, end: 0.4, from: 0, to: 4 }]);
    expect(consumed).toBe(60);
  });

  it('into several, all of them whole where the last ends with one timestamp', () => {
    const { segments, consumed } = cut(20, 1, 30, 31, 2, 45);
    expect(segments.map(({ from, to }) => [from, to])).toEqual([
      [0, 3],
      [3, 6],
    ]);
    expect(segments[1]!.start).toBeCloseTo(0.22);
    expect(segments[1]!.end).toBeCloseTo(0.5);
    expect(consumed).toBe(60);
  });

  it('and what is not finished is left to the next window', () => {
    const { segments, consumed } = cut(20, 1, 30, 31, 2, 3);
    expect(segments).toHaveLength(1);
    expect(segments[0]).toMatchObject({ from: 0, to: 4 });
    expect(segments[0]!.end).toBeCloseTo(0.2);
    expect(consumed).toBe(20);
  });

  it('and lasts as long as the sound where it says nothing of it', () => {
    expect(cut(20, 1, 2)).toEqual({ segments: [{ start: 0, end: 0.6, from: 0, to: 3 }], consumed: 60 });
  });
});

it('what repeats itself compresses well', () => {
  const repeated = Array.from({ length: 80 }, (_, i) => 100 + (i % 4));
  const spoken = Array.from({ length: 80 }, (_, i) => (i * 7919 + 13) % 50_000);
  expect(compressionRatio(repeated)).toBeGreaterThan(1.35);
  expect(compressionRatio(spoken)).toBeLessThan(1.35);
});
