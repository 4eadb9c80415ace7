/** Whisper as ExecuTorch exports it (three programs), and shaped like the Hub's (one), against transformers. */
import { describe, expect, test } from 'vitest';
import type { Program } from '../../src/engine/native/addonTypes';
import { EncoderDecoder } from '../../src/engine/speech/encoderDecoder';
import { codeOf } from './support/errors';
import { floats, foreignPath, load, readReference } from './support/fixtures';
import { int64 } from './support/int64';
import { difference, numbers } from './support/numbers';

interface WhisperReference {
  readonly tolerance: number;
  readonly features: { readonly shape: number[]; readonly base64Float32: string };
  readonly encoded: string;
  readonly tokens: number[];
  readonly logits: { readonly position: number; readonly base64Float32: string }[];
  /** After the negated features. */
  readonly negated: { readonly position: number; readonly base64Float32: string }[];
}

const { tolerance, features, encoded, tokens, logits, negated } = readReference<WhisperReference>(
  'foreign',
  'tiny-whisper',
);
const sound = floats(features.base64Float32);
const parts = { executorch: ['encoder', 'cross_kv', 'decoder'], hub: ['hub'] };
const open = (files: string[]): Promise<Program[]> =>
  Promise.all(files.map((file) => load(foreignPath('tiny-whisper', file))));
const argmax = (row: Float32Array) => row.indexOf(Math.max(...row));

test('the three programs have transformers’ numbers', async () => {
  const [encoder, crossKv, decoder] = await open(parts.executorch);
  const input = { dtype: 'float32', shape: features.shape, data: new Uint8Array(sound.buffer) } as const;
  const [heard] = await encoder!.run('forward', [input]);
  expect(difference(Float32Array.from(numbers(heard!)), floats(encoded))).toBeLessThanOrEqual(tolerance);
  const keysAndValues = await crossKv!.run('forward', [heard!]);
  for (const [position, token] of tokens.entries()) {
    const [row] = await decoder!.run('forward', [int64([1, 1], [token]), int64([1], [position]), ...keysAndValues]);
    const expected = logits.find((each) => each.position === position);
    if (expected) {
      const worst = difference(Float32Array.from(numbers(row!)), floats(expected.base64Float32));
      expect(worst, `position ${position}`).toBeLessThanOrEqual(tolerance);
    }
  }
});

describe.each(Object.entries(parts))('the adapter, over %s’s parts', (_, files) => {
  /** The token that would be drawn after each of `tokens[0 … position]`. */
  async function likeliest(model: EncoderDecoder, position: number): Promise<number> {
    await model.session.prefill(tokens.slice(model.session.rewind(position), position + 1));
    return (await model.session.decode({ maxTokens: 1 })).tokens[0]!;
  }

  test('draws what transformers finds likeliest, at every position and after a rewind', async () => {
    const model = EncoderDecoder.of(await open(files));
    await model.encode(sound);
    for (const { position, base64Float32 } of [...logits, logits[2]!]) {
      expect(await likeliest(model, position), `position ${position}`).toBe(argmax(floats(base64Float32)));
    }
  });

  test('forgets the sound before', async () => {
    const model = EncoderDecoder.of(await open(files));
    await model.encode(sound);
    await likeliest(model, 5);
    await model.encode(sound.map((value) => -value));
    expect(model.session.position).toBe(0);
    const [{ position, base64Float32 }] = negated as [(typeof negated)[0]];
    expect(await likeliest(model, position)).toBe(argmax(floats(base64Float32)));
  });

  test('writes several sequences of one sound side by side', async () => {
    const model = EncoderDecoder.of(await open(files));
    await model.encode(sound);
    const ends = logits.map(({ position }) => tokens.slice(0, position + 1));
    const sequences = [...ends, [...tokens.slice(0, 2), tokens[5]!, tokens[4]!]];
    for (let round = 0; round < 2; round++) {
      const rows = await model.lanes.readEach(sequences, (row) => row);
      for (const [i, { base64Float32 }] of logits.entries()) {
        expect(difference(rows[i]!, floats(base64Float32))).toBeLessThanOrEqual(tolerance);
      }
      expect(difference(rows.at(-1)!, await model.lanes.logitsAfter(sequences.at(-1)!))).toBeLessThanOrEqual(tolerance);
    }
    await model.encode(sound.map((value) => -value)); // all lanes hear it
    const after = negated.map(({ position }) => tokens.slice(0, position + 1));
    const rows = await model.lanes.readEach([...after, [1], [2]], (row) => row);
    for (const [i, { base64Float32 }] of negated.entries()) {
      expect(difference(rows[i]!, floats(base64Float32))).toBeLessThanOrEqual(tolerance);
    }
  });

  test('hears before it writes', async () => {
    const model = EncoderDecoder.of(await open(files));
    expect(await codeOf(() => model.session.prefill([1]))).toBe('invalid_argument');
    await model.encode(sound);
    await model.session.prefill([1]);
    expect(await codeOf(() => model.encode(sound.slice(1)))).toBe('invalid_argument');
  });
});

test('a part that is missing, or of another model, is named', async () => {
  const [encoder, , decoder] = await open(parts.executorch);
  expect(() => EncoderDecoder.of([encoder!, decoder!])).toThrow(/no method makes .*float32\[1, 4, 50, 8\]/);
  expect(() => EncoderDecoder.of([encoder!])).toThrow(/none of its methods is a decoder/);
});

test('provide refuses what does not fit', async () => {
  const [, , decoder] = await open(parts.executorch);
  const session = decoder!.createSession({ contextLength: 64 });
  const given = (shape: number[]) => ({
    dtype: 'float32' as const,
    shape,
    data: new Uint8Array(4 * shape.reduce((a, b) => a * b)),
  });
  const whole = Array.from({ length: 4 }, () => given([1, 4, 50, 8]));
  for (const wrong of [[], whole.slice(1), [...whole.slice(1), given([1, 4, 51, 8])], 'x', [1, 2, 3, 4]]) {
    expect(await codeOf(() => session.provide(wrong as never))).toBe('invalid_argument');
  }
  session.provide(whole);
  await session.prefill([1, 2]);
  expect(session.position).toBe(2);
  session.provide(whole);
  expect(session.position).toBe(0);
});

test('a session lends what it was given to one of the same method only', async () => {
  const [encoder, crossKv, decoder] = await open(parts.executorch);
  const input = { dtype: 'float32', shape: features.shape, data: new Uint8Array(sound.buffer) } as const;
  const [heard] = await encoder!.run('forward', [input]);
  const [first, second] = [0, 1].map(() => decoder!.createSession({ contextLength: 64 }));
  first!.provide(await crossKv!.run('forward', [heard!]));
  await first!.prefill([1, 2, 3]);
  expect(await codeOf(() => second!.prefill([1, 2]))).toBe('invalid_argument');
  second!.provide(first!);
  first!.dispose(); // what was lent stays
  expect(await codeOf(() => second!.provide(first!))).toBe('disposed');
  const { position, base64Float32 } = logits[0]!;
  await second!.prefill(tokens.slice(0, position + 1));
  expect(difference(second!.logits(), floats(base64Float32))).toBeLessThanOrEqual(tolerance);
  const [other] = await open(['decoder']);
  expect(await codeOf(() => other!.createSession({ contextLength: 64 }).provide(second!))).toBe('invalid_argument');
});
