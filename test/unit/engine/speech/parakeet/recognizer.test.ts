import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../../src/engine/models/manifest';
import { ParakeetRecognizer } from '../../../../../src/engine/speech/parakeet/recognizer';
import { soundBounds } from '../../../../../src/engine/speech/parakeet/soundBounds';
import { windowsOf } from '../../../../../src/engine/speech/parakeet/windows';
import type { Tokenizer } from '../../../../../src/engine/text/tokenizer';
import { doubt, type FakeParakeet, type Say, fakeParakeet, shape, tokenizer, vocabulary } from './fakeParakeet';

const manifest = { vocabularySize: vocabulary } as Manifest;
const open = (program: FakeParakeet) =>
  ParakeetRecognizer.of({ program, tokenizer: tokenizer as unknown as Tokenizer, manifest, contextLength: 500 }, shape);
/** Noise of so many seconds. */
const sound = (seconds: number) =>
  Float32Array.from({ length: 16_000 * seconds }, (_, i) => 0.1 * Math.sin(i * i * 0.001));
/** Of each frame in turn; silent where nothing is said of it. */
const script =
  (said: Record<number, readonly [number, number]>): Say =>
  (frame) =>
    said[frame] ?? [9, 1];

describe('Parakeet', () => {
  it('joins tokens to words with times, and words to sentences', async () => {
    const said = script({ 2: [0, 2], 4: [3, 1], 6: [2, 1], 10: [1, 2], 12: [7, 1], 15: [5, 2], 20: [6, 1] });
    const heard: string[] = [];
    const result = await open(fakeParakeet(said)).recognize(sound(4), { onSegment: ({ text }) => heard.push(text) });
    expect(result).toMatchObject({ text: 'onely. two, three?', finish: 'stop', language: null, skipped: [] });
    expect(heard).toEqual(['onely.', 'two, three?']);
    const [first, second] = result.segments;
    expect(first).toMatchObject({
      start: 0.16,
      end: 0.4,
      tokens: [0, 3, 2],
      noSpeechProbability: null,
      temperature: 0,
    });
    expect(second!.words!.map(({ text, start, end }) => [text, start.toFixed(2), end.toFixed(2)])).toEqual([
      ['two,', '0.80', '0.96'],
      ['three?', '1.20', '1.36'],
    ]);
    expect(second!.confidence).toBeGreaterThan(0.9);
    expect(result.timings).toMatchObject({ tokens: 7, windows: 1 });
  });

  it('ends a sentence at a long pause', async () => {
    const { segments } = await open(fakeParakeet(script({ 2: [0, 1], 40: [1, 1] }))).recognize(sound(4));
    expect(segments.map(({ text }) => text)).toEqual(['one', 'two']);
  });

  it('counts from the sound’s beginning, whatever silence it begins with', async () => {
    const samples = new Float32Array(5 * 16_000);
    samples.set(sound(2), 2 * 16_000);
    const program = fakeParakeet(script({ 2: [0, 1] }));
    const { segments } = await open(program).recognize(samples);
    expect(segments[0]!.start).toBeCloseTo(2 - 0.3 + 0.16, 6);
    expect(program.windows).toEqual([Math.ceil(260 / 8)]);
  });

  it('hears a long sound in windows, each frame once', async () => {
    const program = fakeParakeet(() => [0, 4]);
    const { segments, timings } = await open(program).recognize(sound(20));
    expect(program.windows).toEqual([100, 100, 100, 100]);
    expect(timings.windows).toBe(4);
    const starts = segments.flatMap(({ words }) => words!.map(({ start }) => Math.round(start / 0.08)));
    expect(starts).toEqual(Array.from({ length: 63 }, (_, i) => 4 * i).filter((frame) => frame < 250));
  });

  it('makes nothing of silence, of nothing, or of an instant', async () => {
    const program = fakeParakeet(() => [0, 1]);
    const silent = await open(program).recognize(new Float32Array(16_000).fill(0.0001));
    expect(silent).toMatchObject({ text: '', segments: [], skipped: [{ start: 0, end: 1, reason: 'silence' }] });
    expect(await open(program).recognize(new Float32Array(0))).toMatchObject({ text: '', skipped: [], seconds: 0 });
    expect(await open(program).recognize(sound(1).slice(0, 200))).toMatchObject({ text: '', segments: [] });
    expect(program.windows).toEqual([]);
  });

  it('refuses samples that are no numbers', async () => {
    for (const wrong of [Number.NaN, Infinity]) {
      const samples = sound(1);
      samples[700] = wrong;
      const recognition = open(fakeParakeet(() => [9, 1])).recognize(samples);
      await expect(recognition).rejects.toMatchObject({ code: 'invalid_argument' });
    }
  });

  it('refuses to translate, and leaves hints alone that mean nothing to it', async () => {
    const recognizer = open(fakeParakeet(script({ 2: [0, 1] })));
    await expect(recognizer.recognize(sound(1), { translate: true })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    const hints = { language: 'Klingon', prompt: 'Pteron', temperature: 1, names: ['x'], delayMs: 7 };
    expect(await recognizer.recognize(sound(1), hints)).toMatchObject({ text: 'one', language: null });
  });

  it('returns what was complete when it is cancelled', async () => {
    const abort = new AbortController();
    const program = fakeParakeet((frame) => {
      if (frame > 4) abort.abort();
      return frame === 2 ? [0, 4] : [9, 1];
    });
    const { text, finish } = await open(program).recognize(sound(4), { signal: abort.signal });
    expect({ text, finish }).toEqual({ text: 'one', finish: 'cancelled' });
  });

  it('passes on what goes wrong in the program', async () => {
    await expect(open(fakeParakeet(() => [9, 1], true)).recognize(sound(1))).rejects.toThrow('broken');
  });
});

describe('other readings of Parakeet', () => {
  /** ' one' or ' two', closely; then, after ' two' only, ' three'; ' one' or 'x' at the end, not so closely. */
  const doubtful: Say = (frame, token) => {
    if (frame === 2) return doubt({ 0: 5, 1: 4.5 }, 2);
    if (frame === 6 && token === 1) return [5, 1];
    return frame === 9 ? doubt({ 0: 5, 8: 3 }, 1) : [9, 1];
  };
  const read = async (say: Say, alternatives?: number, seconds = 2) => {
    const program = fakeParakeet(say);
    const result = await open(program).recognize(sound(seconds), alternatives === undefined ? {} : { alternatives });
    return { ...result, program };
  };

  it('go on from where a close rival was said, in the state that it leaves, without hearing again', async () => {
    const { text, alternatives, program, segments } = await read(doubtful, 3);
    expect(text).toBe('one one');
    expect(alternatives).toEqual(['two three one', 'onex', 'two threex']);
    expect(program.windows).toHaveLength(1);
    expect(segments).toHaveLength(1);
  });

  it('are as many as are asked for, of one window only', async () => {
    expect((await read(doubtful, 1)).alternatives).toEqual(['two three one']);
    expect((await read(doubtful)).alternatives).toBeUndefined();
    expect((await read(doubtful, 3, 20)).alternatives).toBeUndefined();
  });

  it('are none where nothing is in doubt, or what differs cannot be heard', async () => {
    expect((await read((frame) => (frame === 2 ? [0, 1] : [9, 1]), 3)).alternatives).toEqual([]);
    const comma: Say = (frame) => (frame === 2 ? [0, 1] : frame === 4 ? doubt({ 2: 5, 7: 4.9 }, 1) : [9, 1]);
    expect((await read(comma, 3)).alternatives).toEqual([]);
  });

  it('are no longer sought when the recognition is cancelled', async () => {
    const abort = new AbortController();
    const say: Say = (frame, token, before) => {
      if (token === 1) abort.abort();
      return doubtful(frame, token, before);
    };
    const result = await open(fakeParakeet(say)).recognize(sound(2), { alternatives: 3, signal: abort.signal });
    expect(result).toMatchObject({ text: 'one one', alternatives: [], finish: 'cancelled' });
  });

  it('may change what comes after: a rival of one frame is followed by what is said in that frame', async () => {
    const say: Say = (frame, token) => {
      if (frame === 2 && token === 9) return doubt({ 0: 5, 1: 4 }, 0);
      return frame === 2 && token === 1 ? [3, 1] : frame === 2 ? [2, 1] : [9, 1];
    };
    expect(await read(say, 2)).toMatchObject({ text: 'one.', alternatives: ['twoly'] });
  });
});

describe('noise that Parakeet takes for a word', () => {
  /** ' one', which only a quarter of the probability is for: e^−1.4. */
  const unsure = doubt({ 0: 5, 1: 5, 5: 5, 8: 5 }, 1);
  const hear = async (say: Say, seconds = 2) => {
    const told: string[] = [];
    const options = { alternatives: 2, onSegment: ({ text }: { text: string }) => told.push(text) };
    return { told, ...(await open(fakeParakeet(say)).recognize(sound(seconds), options)) };
  };
  const withMark = (words: number, row: Float32Array): Say => {
    const marked = 3 * words + 1;
    return (frame) => (frame === marked ? [2, 1] : frame % 3 === 1 && frame < marked ? row : [9, 1]);
  };

  it.each([1, 2])('is no speech: %i unsure words and a full stop', async (words) => {
    const { told, ...result } = await hear(withMark(words, unsure));
    expect(result).toMatchObject({
      text: '',
      segments: [],
      skipped: [{ start: 0, end: 2, reason: 'noSpeech', noSpeechProbability: null }],
      finish: 'stop',
    });
    expect(result.alternatives).toBeUndefined();
    expect(told).toEqual([]);
  });

  it('is kept where it says more, or is surer of it', async () => {
    expect(await hear(withMark(3, unsure))).toMatchObject({ text: 'one one one.', skipped: [] });
    const syllables: Say = (frame) => (frame % 2 === 1 && frame < 14 ? doubt({ 3: 5.1, 0: 5, 1: 5, 8: 5 }, 1) : [9, 1]);
    expect(await hear(syllables)).toMatchObject({ text: 'ly'.repeat(7), skipped: [] });
    // 40 %: e^−0.9.
    const surer = doubt({ 0: 5, 1: 4, 5: 3, 8: 5 }, 1);
    expect(await hear(withMark(1, surer))).toMatchObject({ text: 'one.', skipped: [] });
  });

  /** 20 s, in windows of which frames 0 … 74, 75 … 124 and so on are decoded. `said`: by window and frame of the sound. */
  async function hearWindows(said: readonly (readonly [number, number, ReturnType<Say>])[]) {
    const seen: number[][] = [];
    const program: FakeParakeet = fakeParakeet((local, _, before) => {
      const window = program.windows.length;
      const frame = local + 50 * (window - 1);
      const [, , what] = said.find((each) => each[0] === window && each[1] === frame) ?? [];
      if (what) seen.push([frame, before]);
      return what ?? [9, 1];
    });
    return { ...(await open(program).recognize(sound(20))), seen };
  }

  it('leaves what was said before and comes after as it is', async () => {
    const { text, skipped, seen } = await hearWindows([
      [1, 2, [0, 1]],
      [2, 110, unsure],
      [3, 140, [5, 1]],
    ]);
    expect(text).toBe('one three');
    expect(skipped).toMatchObject([{ start: 75 * 0.08, end: 125 * 0.08, reason: 'noSpeech' }]);
    // The prediction network has not seen it.
    expect(new Map(seen.map(([frame, before]) => [frame, before])).get(140)).toBe(1);
  });

  it('is not what goes on from a window into the next', async () => {
    const { text, skipped } = await hearWindows([
      [1, 74, [0, 1]],
      [2, 80, unsure],
    ]);
    expect({ text, skipped }).toEqual({ text: 'one one', skipped: [] });
  });
});

describe('windows', () => {
  it.each([
    [1, 1],
    [500, 1],
    [501, 2],
    [45_000, 113],
  ])('of %i frames are heard whole, and decoded in order', (total, count) => {
    const windows = windowsOf(total, 500);
    expect(windows).toHaveLength(count);
    let at = 0;
    for (const { from, to, end } of windows) {
      expect(to - from).toBeLessThanOrEqual(500);
      expect(from === 0 || at - from === 50).toBe(true);
      expect(to === total || to - end === 50).toBe(true);
      expect(end).toBeGreaterThan(at);
      at = end;
    }
    expect(at).toBe(total);
  });
});

describe('the bounds of a sound', () => {
  it('leave out what is 40 dB below the loudest, but for 0.3 s', () => {
    const samples = Float32Array.from({ length: 64_000 }, (_, i) => (i >= 16_000 && i < 32_000 ? 0.2 : 0.0015));
    expect(soundBounds(samples)).toEqual({ from: 16_000 - 4800, to: 32_000 + 4800 });
    expect(soundBounds(samples.subarray(16_000, 32_000))).toEqual({ from: 0, to: 16_000 });
    expect(soundBounds(new Float32Array(100))).toBeNull();
  });
});
