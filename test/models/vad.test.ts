/** Silero VAD by our engine against silero's own model (fixtures/speech/vad.json; export/pteron_export/fixtures/vad.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveHome } from '../../src/engine/models/home';
import { ModelStore } from '../../src/engine/models/store';
import { loadAddon } from '../../src/engine/native/loader';
import { decodeAudio } from '../../src/engine/speech/audio/decodeAudio';
import { SileroDetector } from '../../src/engine/speech/vad/sileroDetector';
import { windowSamples } from '../../src/engine/speech/vad/voiceActivity';

const folder = join(import.meta.dirname, '../fixtures/speech');
const reference = JSON.parse(readFileSync(join(folder, 'vad.json'), 'utf8')) as Record<string, readonly number[]>;
const clip = (name: string) => decodeAudio(readFileSync(join(folder, `${name}.wav`)));

let detector: SileroDetector;
beforeAll(async () => {
  detector = await SileroDetector.load(loadAddon(), await new ModelStore(resolveHome()).find('silero-vad'));
});
afterAll(() => detector.dispose());

async function sound(name: string): Promise<Float32Array> {
  if (name === 'faint') return (await clip('settings-en')).map((sample) => sample * Math.fround(0.05));
  if (name !== 'noisy') return clip(name);
  const noise = (i: number) => Math.fround(((((i * 7919) % 2003) - 1001) / 1001) * 0.03);
  return (await clip('settings-en')).map((sample, i) => sample + noise(i));
}

it.each(Object.entries(reference))('says of %s what silero’s model says', async (name, expected) => {
  detector.reset();
  const probabilities = await detector.push(await sound(name));
  expect(probabilities).toHaveLength(expected.length);
  const differences = probabilities.map((probability, i) => Math.abs(probability - expected[i]!));
  expect(Math.max(...differences)).toBeLessThan(1e-4);
});

it('says the same however the sound comes, and again after a reset', async () => {
  const samples = (await clip('fox-en')).subarray(0, 40 * windowSamples);
  detector.reset();
  const whole = await detector.push(samples);
  detector.reset();
  const parts = [];
  for (let at = 0; at < samples.length; at += windowSamples) {
    parts.push(...(await detector.push(samples.subarray(at, at + windowSamples))));
  }
  expect(parts).toEqual(whole);
});

it('judges much faster than somebody speaks', async () => {
  const samples = await clip('settings-en');
  const started = performance.now();
  await detector.push(samples);
  expect(performance.now() - started).toBeLessThan(samples.length / 16 / 4);
});
