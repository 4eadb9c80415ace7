import { describe, expect, it } from 'vitest';
import { logSumExp } from '../../../../../src/engine/speech/logSumExp';
import { applyRules } from '../../../../../src/engine/speech/whisper/logitRules';
import { draw, likeliestOf, seededRandom } from '../../../../../src/engine/speech/draw';
import { tinyTokens, tinyVocabulary } from './tinyTokens';

/** Which tokens may follow, where none is likelier than another by much. */
function allowed(generated: readonly number[], likely: readonly number[] = [1]): number[] {
  const logits = new Float32Array(tinyVocabulary);
  for (const token of likely) logits[token] = 10;
  applyRules(logits, generated, tinyTokens);
  return [...logits.keys()].filter((token) => logits[token]! > -Infinity);
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const never = [...tinyTokens.suppress, tinyTokens.noTimestamps];

describe('what Whisper may say next', () => {
  it('first is a timestamp, not too late', () => {
    expect(allowed([])).toEqual(range(20, 25));
  });

  it('after one timestamp at the beginning is text, or the end', () => {
    expect(allowed([20])).toEqual(range(0, 19).filter((token) => !never.includes(token)));
  });

  it('after a segment’s end is the next one’s beginning, which may be the same, or the end of all', () => {
    expect(allowed([20, 1, 30], [10])).toEqual([...range(10, 18).filter((t) => !never.includes(t)), ...range(30, 50)]);
  });

  it('after a pair is text', () => {
    expect(allowed([20, 1, 30, 30])).not.toContain(30);
    expect(allowed([20, 1, 30, 30])).toContain(1);
  });

  it('a segment ends later than it began', () => {
    const next = allowed([22, 1]);
    expect(next).toContain(23);
    expect(next).not.toContain(22);
  });

  it('is a timestamp where all of them together are likelier than any text', () => {
    expect(allowed([20, 1], [])).toEqual(range(21, 50));
    expect(allowed([20, 1], [2])).toContain(2);
  });

  it('is not what is suppressed at the beginning, there', () => {
    expect(allowed([20, 1], [8])).toContain(8);
    expect(allowed([], [8, 10])).not.toContain(8);
  });
});

describe('drawing', () => {
  const logits = Float32Array.from([0, 2, 1, -Infinity]);
  it('takes the likeliest at 0, with its log probability', () => {
    const { token, logProbability } = draw(logits, 0, () => 0);
    expect(token).toBe(1);
    expect(logProbability).toBeCloseTo(2 - Math.log(1 + Math.E ** 2 + Math.E), 5);
    expect(logSumExp(logits)).toBeCloseTo(Math.log(1 + Math.E ** 2 + Math.E), 5);
  });

  it('takes each as often as it is probable, and never what is forbidden', () => {
    const random = seededRandom(3);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[draw(logits, 1, random).token]!++;
    const total = 1 + Math.E ** 2 + Math.E;
    [1, Math.E ** 2, Math.E].forEach((weight, i) => expect(counts[i]! / 4000).toBeCloseTo(weight / total, 1));
    expect(counts[3]).toBe(0);
  });

  it('finds the likeliest, in order, as many as there are', () => {
    const found = likeliestOf(logits, 2);
    expect(found.map(({ token }) => token)).toEqual([1, 2]);
    expect(found[0]).toEqual(draw(logits, 0, () => 0));
    expect(likeliestOf(logits, 9).map(({ token }) => token)).toEqual([1, 2, 0]);
    const many = Float32Array.from({ length: 500 }, (_, i) => Math.sin(7 * i));
    const order = [...many.keys()].sort((a, b) => many[b]! - many[a]!);
    expect(likeliestOf(many, 6).map(({ token }) => token)).toEqual(order.slice(0, 6));
    expect(likeliestOf(new Float32Array(3).fill(-Infinity), 2)).toEqual([]);
  });

  it('sums what is far apart as Math.exp does', () => {
    for (const scale of [0.001, 0.3, 1, 5, 40]) {
      const random = seededRandom(5);
      const values = Float32Array.from({ length: 2000 }, () => scale * (random() - 0.8));
      const largest = Math.max(...values);
      const sum = values.reduce((total, value) => total + Math.exp(value - largest), 0);
      expect(logSumExp(values)).toBeCloseTo(largest + Math.log(sum), 6);
    }
  });

  it('repeats itself with the same seed', () => {
    const [a, b] = [seededRandom(7), seededRandom(7)];
    expect(Array.from({ length: 5 }, a)).toEqual(Array.from({ length: 5 }, b));
  });
});
