/** Tiny Voxtral Mini and Voxtral Realtime against transformers' `generate` with the same weights. */
import { describe, expect, test } from 'vitest';
import type { Transcription } from '../../src/protocol';
import { logMel } from '../../src/engine/speech/features/logMel';
import { RunningLogMel } from '../../src/engine/speech/features/runningLogMel';
import { createRecognizer } from '../../src/engine/speech/recognizers';
import { hearWindows, windowsOf } from '../../src/engine/speech/voxtral/hear';
import { Hearing, type HeardToken, type RealtimeModel } from '../../src/engine/speech/voxtralRealtime/hearing';
import { StreamingEncoder } from '../../src/engine/speech/voxtralRealtime/streamingEncoder';
import type { Tensor } from '../../src/engine/native/addonTypes';
import { codeOf } from './support/errors';
import { floats, load } from './support/fixtures';
import { difference, numbers } from './support/numbers';
import { parts, read, sound, width } from './support/voxtral';

interface Heard {
  readonly count: number;
  readonly everySeventh: string;
}
interface Case {
  readonly clip: string;
  readonly tokens: readonly number[];
}
interface MiniReference {
  readonly tolerance: number;
  readonly heard: Readonly<Record<string, Heard>>;
  readonly transcriptions: readonly Case[];
  readonly inGerman: Case;
  readonly question: Case & { readonly question: string };
}
interface RealtimeReference {
  readonly tolerance: number;
  readonly features: { readonly clip: string; readonly frames: readonly number[]; readonly values: string };
  readonly heard: Readonly<Record<string, Heard>>;
  readonly transcriptions: readonly (Case & { readonly delay: number })[];
}

const rowsOf = (tensors: readonly Tensor[]): number[] => tensors.flatMap((tensor) => numbers(tensor));
function expectSame(heard: readonly number[], { count, everySeventh }: Heard, tolerance: number): void {
  expect(heard.length).toBe(count * width);
  const some = heard.filter((_, i) => Math.floor(i / width) % 7 === 0);
  expect(difference(Float32Array.from(some), floats(everySeventh))).toBeLessThanOrEqual(tolerance);
}
/** Without the end. */
const written = (tokens: readonly number[], end: number) => (tokens.at(-1) === end ? tokens.slice(0, -1) : tokens);

describe('Voxtral Mini', () => {
  const id = 'tiny-voxtral';
  const { tolerance, heard, transcriptions, inGerman, question } = read<MiniReference>(id, 'reference.json');

  test.each(Object.entries(heard))('hears in %s what transformers hears', async (name, expected) => {
    const { program, manifest } = await parts(id);
    const { speech } = manifest;
    if (speech?.kind !== 'voxtral') throw new Error('another kind');
    const encoder = { program, mels: speech.melBins, frames: speech.frames, rows: speech.frames / 8, width };
    const samples = await sound(name);
    const features = await logMel(samples, encoder.mels, windowsOf(samples.length, encoder) * encoder.frames);
    expectSame(rowsOf([await hearWindows(encoder, features)]), expected, tolerance);
  });

  test.each(transcriptions)('writes of $clip what transformers writes', async ({ clip: name, tokens }) => {
    const recognizer = createRecognizer(await parts(id));
    const { segments, finish, seconds } = await recognizer.recognize(await sound(name));
    expect(segments.flatMap((segment) => segment.tokens)).toEqual(written(tokens, 2));
    expect({ finish, end: segments.at(-1)!.end }).toEqual({ finish: 'stop', end: seconds });
  });

  test('is told the language, by its code or its name', async () => {
    const recognizer = createRecognizer(await parts(id));
    for (const language of ['de', 'German']) {
      const { segments, ...rest } = await recognizer.recognize(await sound('datei-de'), { language });
      expect(segments[0]!.tokens).toEqual(written(inGerman.tokens, 2));
      expect(rest.language).toBe('de');
    }
    expect(await codeOf(async () => recognizer.recognize(await sound('datei-de'), { language: 'Klingon' }))).toBe(
      'invalid_argument',
    );
  });

  test('answers a question about a sound', async () => {
    const recognizer = createRecognizer(await parts(id));
    const { segments } = await recognizer.answer!(await sound(question.clip), question.question);
    expect(segments[0]!.tokens.slice(0, question.tokens.length)).toEqual(question.tokens);
  });

  test('hears a sound that is longer than its context in pieces, and leaves out silence', async () => {
    const recognizer = createRecognizer({ ...(await parts(id)), contextLength: 200 });
    const fox = await sound('fox-en');
    const piece = 2 * 304 * 160;
    const samples = new Float32Array(3 * piece);
    samples.set(fox);
    samples.set(fox, 2 * piece);
    const { segments, skipped } = await recognizer.recognize(samples);
    expect(skipped.map(({ start, end, reason }) => ({ start, end, reason }))).toEqual([
      { start: piece / 16_000, end: (2 * piece) / 16_000, reason: 'silence' },
    ]);
    expect(segments.map(({ start }) => start)).toEqual([0, (2 * piece) / 16_000]);
    expect(segments[1]!.tokens).toEqual(segments[0]!.tokens);
    expect(await codeOf(() => recognizer.answer!(samples, 'Who?'))).toBe('invalid_argument');
  });

  test('translates only where it is asked to', async () => {
    for (const each of [id, 'tiny-voxtral-realtime']) {
      const recognizer = createRecognizer(await parts(each));
      expect(await codeOf(() => recognizer.recognize(new Float32Array(16_000), { translate: true }))).toBe(
        'invalid_argument',
      );
    }
  });

  test('stops where it is told to', async () => {
    const recognizer = createRecognizer(await parts(id));
    const { finish, segments } = await recognizer.recognize(await sound('fox-en'), { signal: AbortSignal.abort() });
    expect({ finish, segments }).toEqual({ finish: 'cancelled', segments: [] });
  });

  test('a description that does not fit the program is refused', async () => {
    const { speech } = await parts(id).then(({ manifest }) => manifest);
    for (const wrong of [{ melBins: 80 }, { frames: 320 }]) {
      const changed = await parts(id, { speech: { ...speech, ...wrong } });
      expect(await codeOf(() => createRecognizer(changed))).toBe('model_invalid');
    }
  });
});

describe('features beside tokens', () => {
  const features = (rows: number, columns = width) => ({
    dtype: 'float32' as const,
    shape: [1, rows, columns],
    data: new Uint8Array(new Float32Array(rows * columns).fill(0.5).buffer),
  });
  const wrong: [string, unknown][] = [
    ['of another width', { at: 0, values: features(1, 31) }],
    ['beyond the tokens', { at: 2, values: features(2) }],
    ['before them', { at: -1, values: features(1) }],
    ['of another type', { at: 0, values: { ...features(1), dtype: 'float16' } }],
    ['cut off', { at: 0, values: { ...features(1), data: new Uint8Array(8) } }],
    ['of another rank', { at: 0, values: { ...features(1), shape: [width] } }],
    ['without a place', { values: features(1) }],
    ['no object', 7],
  ];

  test.each(wrong)('%s are refused', async (_, value) => {
    const { program } = await parts('tiny-voxtral');
    const session = program.createSession({ contextLength: 64 });
    expect(await codeOf(() => session.prefill([5, 6, 7], { features: value as never }))).toBe('invalid_argument');
    await session.prefill([5, 6, 7], { features: { at: 1, values: features(2) } });
    expect(session.position).toBe(3);
  });

  test('stand at the same tokens however the prompt is cut, and are forgotten afterwards', async () => {
    const { program } = await parts('tiny-voxtral');
    const session = program.createSession({ contextLength: 256 });
    const prompt = Array.from({ length: 150 }, (_, i) => 20 + (i % 300));
    const values = features(100);
    new Float32Array(values.data.buffer).forEach((_, i, all) => (all[i] = Math.sin(i)));
    await session.prefill(prompt, { features: { at: 30, values } });
    const whole = session.logits();
    session.reset();
    await session.prefill(prompt.slice(0, 41), {
      features: { at: 30, values: { ...values, shape: [1, 11, width], data: values.data.slice(0, 11 * 4 * width) } },
    });
    const rest = { ...values, shape: [1, 89, width], data: values.data.slice(11 * 4 * width) };
    await session.prefill(prompt.slice(41), { features: { at: 0, values: rest } });
    expect(difference(session.logits(), whole)).toBeLessThan(1e-4);
    session.reset();
    await session.prefill(prompt);
    const plain = session.logits();
    expect(difference(plain, whole)).toBeGreaterThan(0.01);
    session.reset();
    await session.prefill(prompt);
    expect(difference(session.logits(), plain)).toBe(0);
  });

  test('are refused by a model that has none', async () => {
    const session = (await load()).createSession({ contextLength: 64 });
    expect(await codeOf(() => session.prefill([1], { features: { at: 0, values: features(1) } }))).toBe(
      'invalid_argument',
    );
  });
});

describe('Voxtral Realtime', () => {
  const id = 'tiny-voxtral-realtime';
  const { tolerance, features, heard, transcriptions } = read<RealtimeReference>(id, 'reference.json');
  const samplesAToken = 1280;
  const leftPad = 32;

  /** With silence around it, and what the last frame reaches beyond. */
  async function padded(name: string, delay: number): Promise<{ samples: Float32Array; tokens: number }> {
    const samples = await sound(name);
    const tokens = leftPad + Math.ceil(samples.length / samplesAToken) + delay + 11;
    const all = new Float32Array(tokens * samplesAToken + 200);
    all.set(samples, leftPad * samplesAToken);
    return { samples: all, tokens };
  }

  async function realtimeModel(): Promise<RealtimeModel> {
    const { program, manifest, contextLength } = await parts(id);
    const { speech } = manifest;
    if (speech?.kind !== 'voxtral_realtime') throw new Error('another kind');
    const encoder = { mels: speech.melBins, mostTokens: speech.mostTokens, width };
    const session = program.createSession({ contextLength });
    return { program, session, encoder, tokens: speech.tokens, leftPad: speech.leftPad, contextLength };
  }

  /** All tokens of a sound that comes in pieces of `size` samples. */
  async function hear(model: RealtimeModel, samples: Float32Array, delay: number, size: number): Promise<number[]> {
    const tokens: HeardToken[] = [];
    const hearing = await Hearing.begin(model, delay, (token) => tokens.push(token));
    for (let start = 0; start < samples.length; start += size)
      await hearing.push(samples.subarray(start, start + size));
    await hearing.finish();
    expect(tokens.map(({ index }) => index)).toEqual(tokens.map((_, i) => leftPad + delay + 1 + i));
    return tokens.map(({ token }) => token);
  }

  test('has transformers’ features within 1e-4, whatever the pieces', async () => {
    const { samples } = await padded(features.clip, 6);
    const expected = floats(features.values);
    for (const size of [samples.length, 1280, 333]) {
      const mel = new RunningLogMel(128);
      const columns = new Map<number, Float32Array>();
      let frame = 0;
      for (let start = 0; start < samples.length; start += size) {
        const { values, frames } = mel.push(samples.subarray(start, start + size));
        for (let i = 0; i < frames; i++, frame++) {
          columns.set(
            frame,
            Float32Array.from({ length: 128 }, (_, mel) => values[mel * frames + i]!),
          );
        }
      }
      const ours = Float32Array.from(
        { length: expected.length },
        (_, i) => columns.get(features.frames[i % features.frames.length]!)![Math.floor(i / features.frames.length)]!,
      );
      expect(difference(ours, expected)).toBeLessThan(1e-4);
    }
  });

  test.each(Object.entries(heard))(
    'hears in %s what transformers hears, at once and in pieces',
    async (name, expected) => {
      const { program, encoder } = await realtimeModel();
      const { samples, tokens } = await padded(name, 6);
      for (const size of [samples.length, 4000]) {
        const streaming = new StreamingEncoder(program, encoder); // over the state that the one before left
        const rows: Tensor[] = [];
        for (let start = 0; start < samples.length; start += size) {
          rows.push(...(await streaming.push(samples.subarray(start, start + size), tokens)));
        }
        expectSame(rowsOf(rows), expected, tolerance);
      }
    },
  );

  test.each(transcriptions)('writes of $clip, $delay tokens behind, what transformers writes', async (expected) => {
    const model = await realtimeModel();
    const samples = await sound(expected.clip);
    for (const size of [samples.length, 1280, 2999]) {
      expect(await hear(model, samples, expected.delay, size), `${size} samples`).toEqual(written(expected.tokens, 2));
    }
  });

  test('streams the text that it recognizes, confirmed as it comes', async () => {
    const recognizer = createRecognizer(await parts(id));
    const samples = await sound('fox-en');
    const whole = await recognizer.recognize(samples);
    const stream = recognizer.stream!();
    let before = '';
    for (let start = 0; start < samples.length; start += 3200) {
      const { confirmed, tentative } = await stream.push(samples.subarray(start, start + 3200));
      expect(confirmed.startsWith(before)).toBe(true);
      expect(tentative).toBe('');
      before = confirmed;
    }
    const streamed = await stream.finish();
    const told = ({ text, seconds, segments, timings }: Transcription) => {
      return {
        text,
        seconds,
        count: timings.tokens,
        segments: segments.map(({ start, end, tokens }) => [start, end, tokens]),
      };
    };
    expect(told(streamed)).toEqual(told(whole));
    expect(before.length).toBeGreaterThan(0);
    expect(whole.text.startsWith(before.trimEnd())).toBe(true);
    expect(await codeOf(() => stream.push(samples))).toBe('disposed');
  });

  test('has times that follow each other and lie within the sound', async () => {
    const recognizer = createRecognizer(await parts(id));
    const { segments, seconds } = await recognizer.recognize(await sound('fox-en'), { delayMs: 160 });
    const words = segments.flatMap((segment) => segment.words!);
    expect(words.length).toBeGreaterThan(0);
    let last = 0;
    for (const { start, end, confidence } of words) {
      expect(start).toBeGreaterThanOrEqual(last);
      expect(end).toBeGreaterThan(start);
      expect(confidence).toBeGreaterThan(0);
      last = end;
    }
    expect(last).toBeLessThan(seconds + 1.2);
  });

  test('hears one sound at a time, at a delay that it knows', async () => {
    const recognizer = createRecognizer(await parts(id));
    for (const delayMs of [0, 79, 100, 2480, Number.NaN]) {
      expect(await codeOf(() => recognizer.stream!({ delayMs }))).toBe('invalid_argument');
    }
    const stream = recognizer.stream!({ delayMs: 960 });
    expect(await codeOf(() => recognizer.stream!())).toBe('invalid_argument');
    stream.dispose();
    const { finish } = await recognizer.recognize(await sound('fox-en'), { signal: AbortSignal.abort() });
    expect(finish).toBe('cancelled');
  });

  test('a description that does not fit the program is refused', async () => {
    const { speech } = await parts(id).then(({ manifest }) => manifest);
    for (const wrong of [{ melBins: 80 }, { mostTokens: 32 }]) {
      const changed = await parts(id, { speech: { ...speech, ...wrong } });
      expect(await codeOf(() => createRecognizer(changed))).toBe('model_invalid');
    }
  });
});
