import { describe, expect, it } from 'vitest';
import { ParakeetProgram } from '../../../../../src/engine/speech/parakeet/program';
import { begin, type SpokenToken, transduce } from '../../../../../src/engine/speech/parakeet/transducer';
import { type Say, fakeParakeet, shape, vocabulary } from './fakeParakeet';

async function decode(say: Say, frames: number, options: { offset?: number; signal?: AbortSignal } = {}) {
  const fake = fakeParakeet(say);
  const program = new ParakeetProgram(fake, shape, vocabulary);
  const { offset = 0, signal } = options;
  const heard = { frames, values: Float32Array.from({ length: frames }, (_, i) => i + offset) };
  const tokens: SpokenToken[] = [];
  const passage = { heard, offset, end: offset + frames, signal, onToken: (token: SpokenToken) => tokens.push(token) };
  const progress = await transduce(program, { ...begin(program), frame: offset }, passage);
  return {
    tokens: tokens.map(({ token, frame, duration }) => [token, frame, duration]),
    progress,
    fake,
    spoken: tokens,
  };
}

describe('greedy decoding of a transducer', () => {
  it('goes on by what each token lasts, and by one where a blank claims to last nothing', async () => {
    const { tokens, progress } = await decode((frame) => (frame % 5 === 0 ? [frame % 9, 2] : [9, 0]), 12);
    expect(tokens).toEqual([
      [0, 0, 2],
      [5, 5, 2],
      [1, 10, 2],
    ]);
    expect(progress.frame).toBe(12);
  });

  it('skips what a blank says to skip', async () => {
    expect((await decode((frame) => (frame === 4 || frame === 3 ? [1, 1] : [9, 4]), 8)).tokens).toEqual([[1, 4, 1]]);
  });

  it('asks once for a token, and looks further where nothing is said', async () => {
    const { fake } = await decode((frame) => (frame === 20 ? [1, 1] : [9, 1]), 40);
    expect(fake.looks).toEqual([4, 8, 8, 8, 4, 8, 7]);
  });

  it('says several tokens of one frame, and no more than it may', async () => {
    const { tokens } = await decode((frame, _, before) => (frame === 1 ? [before % 9, 0] : [9, 1]), 3);
    expect(tokens).toEqual([
      [0, 1, 0],
      [1, 1, 0],
      [2, 1, 0],
    ]);
  });

  it('carries its state, and a token that lasts beyond the end, to what follows', async () => {
    const { progress } = await decode((frame) => (frame === 15 ? [3, 4] : [9, 1]), 6, { offset: 10 });
    expect(progress).toMatchObject({ frame: 19, symbols: 0, state: { token: 3 } });
  });

  it('tells each token’s probability', async () => {
    const { spoken } = await decode(() => [1, 4], 4);
    expect(spoken[0]!.logProbability).toBeCloseTo(5 - Math.log(Math.exp(5) + 9), 6);
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    const { tokens } = await decode((frame) => (frame > 2 ? (abort.abort(), [1, 1]) : [9, 1]), 40, {
      signal: abort.signal,
    });
    expect(tokens.length).toBe(1);
  });

  it('says of logits that are no numbers that they are none', async () => {
    const nan = new Float32Array(vocabulary + shape.durations.length).fill(Number.NaN);
    await expect(decode(() => nan, 4)).rejects.toMatchObject({ code: 'inference_failed' });
  });
});

describe('a program that model.json describes wrongly', () => {
  it.each([
    ['fewer durations', { durations: [0, 1] }],
    ['longer windows', { frames: 1600 }],
    ['more mels', { melBins: 80 }],
    ['more layers', { layers: 2 }],
  ])('is refused: %s', (_, changes) => {
    const open = () =>
      new ParakeetProgram(
        fakeParakeet(() => [9, 1]),
        { ...shape, ...changes },
        vocabulary,
      );
    expect(open).toThrow(/not a valid model description: by it the method (en|de)code is/);
  });
});
