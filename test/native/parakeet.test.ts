/** Tiny random Parakeet against transformers' `generate` with the same weights. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Manifest, ParakeetManifest } from '../../src/engine/models/manifest';
import { decodeAudio } from '../../src/engine/speech/audio/decodeAudio';
import { parakeetFeatures } from '../../src/engine/speech/features/parakeetFeatures';
import { ParakeetProgram } from '../../src/engine/speech/parakeet/program';
import { ParakeetRecognizer } from '../../src/engine/speech/parakeet/recognizer';
import { begin, type Rival, type SpokenToken, transduce } from '../../src/engine/speech/parakeet/transducer';
import { loadTokenizer } from '../../src/engine/text/tokenizer';
import { codeOf } from './support/errors';
import { floats, load, modelPath, readReference } from './support/fixtures';
import { difference } from './support/numbers';

interface Said {
  /** Blanks included. */
  readonly tokens: readonly number[];
  readonly durations: readonly number[];
  readonly encoded: string;
}
interface ParakeetReference {
  readonly noise: string;
  readonly short: { readonly clip: string; readonly from: number; readonly to: number };
  readonly sounds: Readonly<Record<string, Said>>;
}

const id = 'tiny-parakeet';
const folder = join(__dirname, '../fixtures/models', id);
const manifest = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as Manifest;
const shape = manifest.speech as ParakeetManifest;
const reference = readReference<ParakeetReference>('models', id);
const clip = (name: string) => decodeAudio(readFileSync(join(__dirname, '../fixtures/speech', `${name}.wav`)));

async function soundOf(name: string): Promise<Float32Array> {
  if (name === 'noise') return floats(reference.noise);
  const { clip: source, from, to } = reference.short;
  return name === 'short' ? (await clip(source)).slice(from, to) : clip(name);
}

const open = async () => new ParakeetProgram(await load(modelPath(id)), shape, manifest.vocabularySize);

async function recognizer(changes: Partial<ParakeetManifest> = {}): Promise<ParakeetRecognizer> {
  const tokenizer = await loadTokenizer(join(folder, 'tokenizer.json'));
  return ParakeetRecognizer.of(
    { program: await load(modelPath(id)), tokenizer, manifest, contextLength: 500 },
    { ...shape, ...changes },
  );
}

/** What was emitted, as transformers' sequences and durations tell it. */
function emitted({ tokens, durations }: Said): Pick<SpokenToken, 'token' | 'frame' | 'duration'>[] {
  let frame = 0;
  return tokens.flatMap((token, i) => {
    const here = { token, frame, duration: durations[i]! };
    frame += durations[i]!;
    return token === shape.blank ? [] : [here];
  });
}

describe.each(Object.keys(reference.sounds))('%s', (name) => {
  const said = reference.sounds[name]!;

  test('sounds to it as to transformers, token by token', async () => {
    const program = await open();
    const heard = await program.encode(await parakeetFeatures(await soundOf(name), shape.melBins));
    expect(difference(heard.values, floats(said.encoded))).toBeLessThanOrEqual(1e-3);
    const spoken: SpokenToken[] = [];
    const passage = { heard, offset: 0, end: heard.frames, onToken: (token: SpokenToken) => spoken.push(token) };
    const { frame } = await transduce(program, begin(program), passage);
    expect(spoken.map(({ token, frame, duration }) => ({ token, frame, duration }))).toEqual(emitted(said));
    expect(frame).toBeGreaterThanOrEqual(heard.frames);
    for (const { logProbability } of spoken) expect(logProbability).toBeLessThanOrEqual(0);
  });
});

test('other readings take a rival, and go on greedily from there', async () => {
  const [program, samples] = [await open(), await soundOf('settings-en')];
  const heard = await program.encode(await parakeetFeatures(samples, shape.melBins));
  const passage = { heard, offset: 0, end: heard.frames };
  const best: { token: SpokenToken; rival: Rival | null }[] = [];
  await transduce(program, begin(program), { ...passage, onToken: (token, rival) => best.push({ token, rival }) });
  const at = best.findIndex(({ rival }) => rival !== null);
  const { then, ...rival } = best[at]!.rival!;
  const rest: SpokenToken[] = [];
  await transduce(program, then, { ...passage, onToken: (token) => rest.push(token) });
  // The same with the prediction network's states computed anew, a token at a time.
  let state = program.begin();
  const frameOf = ({ token, frame }: SpokenToken) => [token, frame];
  for (const { token, frame } of [...best.slice(0, at).map(({ token }) => token), rival]) {
    const { hidden, cell } = await program.predict(state, heard, frame, frame + 1);
    state = { token, hidden, cell };
  }
  const anew: SpokenToken[] = [];
  await transduce(program, { ...then, state }, { ...passage, onToken: (token) => anew.push(token) });
  expect(rest.map(frameOf)).toEqual(anew.map(frameOf));
  expect(rest.length).toBeGreaterThan(0);
  const { text, alternatives } = await (await recognizer()).recognize(samples, { alternatives: 4 });
  expect(alternatives!.length).toBeGreaterThan(0);
  expect(new Set([text, ...alternatives!]).size).toBe(1 + alternatives!.length);
});

test('words have times in the sound, and confidence', async () => {
  const [model, sound] = [await recognizer(), await soundOf('settings-en')];
  const { text, segments, seconds, timings } = await model.recognize(sound);
  expect(timings).toMatchObject({ windows: 1 });
  expect(text).not.toBe('');
  const words = segments.flatMap((segment) => segment.words!);
  expect(words.map((word) => word.text).join(' ')).toBe(text);
  words.forEach(({ start, end, confidence }, i) => {
    expect(start).toBeGreaterThanOrEqual(words[i - 1]?.start ?? 0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(seconds + 0.4);
    expect(confidence).toBeGreaterThan(0);
    expect(confidence).toBeLessThanOrEqual(1);
  });
});

test('a sound longer than a window is heard to its end', async () => {
  const clipped = await soundOf('settings-en');
  const sound = new Float32Array(100 * 16_000);
  for (let at = 0; at < sound.length; at += clipped.length) sound.set(clipped.subarray(0, sound.length - at), at);
  const { segments, timings } = await (await recognizer()).recognize(sound);
  expect(timings.windows).toBe(3);
  const starts = segments.flatMap(({ words }) => words!.map(({ start }) => start));
  expect(starts.at(-1)).toBeGreaterThan(90);
  for (const [i, start] of starts.entries()) expect(start - (starts[i - 1] ?? 0)).toBeLessThan(10);
});

test.each<[string, Partial<ParakeetManifest>]>([
  ['other mels', { melBins: 128 }],
  ['a longer window', { frames: 8000 }],
  ['more durations', { durations: [0, 1, 2, 3, 4, 5] }],
  ['a larger state', { hiddenSize: 640 }],
  ['a longer step', { stepFrames: 32 }],
])('a model.json that claims %s is refused', async (_, changes) => {
  expect(await codeOf(() => recognizer(changes))).toBe('model_invalid');
});

test('a program that is no Parakeet is refused', async () => {
  const program = await load(modelPath('tiny-llama'));
  expect(await codeOf(() => Promise.resolve(new ParakeetProgram(program, shape, 97)))).toBe('model_invalid');
});

test('inputs that do not fit are refused by the program itself', async () => {
  const program = await load(modelPath(id));
  const features = (frames: number) => ({
    dtype: 'float32' as const,
    shape: [1, frames, 80],
    data: new Uint8Array(4 * frames * 80),
  });
  const length = { dtype: 'int64' as const, shape: [1], data: new Uint8Array(8) };
  for (const frames of [0, 8 * 501]) {
    const code = await codeOf(() => program.run('encode', [features(frames), length]));
    expect(['invalid_argument', 'inference_failed'], `${frames} frames`).toContain(code);
  }
});
