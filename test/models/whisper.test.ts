/** Whisper base of the store against transformers' `generate` with the same weights (fixtures/speech/reference.json). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compose } from '../../src/engine/compose';
import { loadAddon } from '../../src/engine/native/loader';
import { decodeAudio } from '../../src/engine/speech/audio/decodeAudio';
import type { TranscribeParams } from '../../src/engine/transcription';

interface Segment {
  readonly start: number;
  readonly end: number;
  readonly tokens: readonly number[];
}
const folder = join(import.meta.dirname, '../fixtures/speech');
const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8')) as {
  readonly clips: Readonly<Record<string, readonly Segment[]>>;
  readonly prompted: { readonly clip: string; readonly prompt: string; readonly segments: readonly Segment[] };
  readonly long: { readonly clips: readonly string[]; readonly pause: number; readonly segments: readonly Segment[] };
};
/** By beam.py: width → clip → tokens. */
const beam = JSON.parse(readFileSync(join(folder, 'beam.json'), 'utf8')) as Record<string, Record<string, number[]>>;
const clip = (name: string) => decodeAudio(readFileSync(join(folder, `${name}.wav`)));

const { engine } = compose({ addon: loadAddon });
afterAll(() => engine.dispose());
type Options = Pick<TranscribeParams, 'prompt' | 'language' | 'temperature' | 'beam' | 'padding'>;
const transcribe = (samples: Float32Array, options: Options = {}) =>
  engine.transcribe({ model: 'whisper-base', samples, ...options });
/** Greedily, and with digital silence behind a short sound. */
const asTransformers = { beam: 1, padding: 'silence' } as const;

function expectSame(actual: readonly Segment[], expected: readonly Segment[]): void {
  expect(actual.map(({ tokens }) => tokens)).toEqual(expected.map(({ tokens }) => tokens));
  actual.forEach(({ start, end }, i) => {
    expect(start).toBeCloseTo(expected[i]!.start, 6);
    expect(end).toBeCloseTo(expected[i]!.end, 6);
  });
}

describe('Whisper base', () => {
  it.each(Object.entries(reference.clips))('hears in %s what transformers hears', async (name, expected) => {
    const { segments, language, finish } = await transcribe(await clip(name), asTransformers);
    expectSame(segments, expected);
    expect({ language, finish }).toEqual({ language: name.slice(-2), finish: 'stop' });
  });

  it('spells as the prompt does', async () => {
    const { clip: name, prompt, segments: expected } = reference.prompted;
    const { segments, text } = await transcribe(await clip(name), { prompt, ...asTransformers });
    expectSame(segments, expected);
    expect(text).toBe('Please open the settings file and rename the function to calculateTotal.');
  });

  it('joins windows of a sound longer than 30 s', async () => {
    const { clips, pause, segments: expected } = reference.long;
    const parts = await Promise.all(clips.map(clip));
    const samples = Float32Array.from(parts.flatMap((part) => [...part, ...new Float32Array(pause)]));
    const { segments, timings } = await transcribe(samples, asTransformers);
    expectSame(segments, expected);
    expect(timings.windows).toBe(2);
  });

  describe.each(Object.entries(beam))('with a beam of %s', (width, heard) => {
    it.each(Object.entries(heard))('writes in %s what OpenAI’s own beam search writes', async (name, expected) => {
      const options = { beam: Number(width), temperature: 0, language: name.slice(-2) };
      const { segments } = await transcribe(await clip(name), options);
      expect(segments.flatMap(({ tokens }) => tokens)).toEqual(expected);
    });
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    const samples = await clip('fox-en');
    const running = engine.transcribe(
      { model: 'whisper-base', samples: Float32Array.from([...samples, ...new Float32Array(640_000)]) },
      { signal: abort.signal, onSegment: () => abort.abort() },
    );
    const { finish, segments } = await running;
    expect(finish).toBe('cancelled');
    expect(segments.length).toBeGreaterThan(0);
  });

  it('makes nothing up where there is silence, and says why', async () => {
    const { text, skipped } = await transcribe(new Float32Array(80_000), { language: 'en' });
    expect(text).toBe('');
    expect(skipped).toMatchObject([{ start: 0, end: 5, reason: 'silence' }]);
  });
});
