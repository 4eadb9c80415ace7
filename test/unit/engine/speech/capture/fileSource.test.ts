import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileSource } from '../../../../../src/engine/speech/capture/fileSource';
import { makeWav } from '../audio/makeWav';

const folder = mkdtempSync(join(tmpdir(), 'pteron-file-source-'));
const sound = join(folder, 'sound.wav');
beforeAll(() => writeFile(sound, makeWav(new Float32Array(4800).fill(0.5))));
afterAll(() => rm(folder, { recursive: true }));

function play(source: FileSource) {
  const frames: number[] = [];
  const started = performance.now();
  const ended = new Promise<number>((resolve, reject) => {
    source
      .open({
        onSamples: (samples) => void frames.push(samples.length),
        onWarning: () => undefined,
        onEnd: () => resolve(performance.now() - started),
      })
      .catch(reject);
  });
  return { frames, ended };
}

it('plays a file at the pace of speech, and ends with it', async () => {
  const { frames, ended } = play(new FileSource(sound));
  const took = await ended;
  expect(took).toBeGreaterThan(290);
  expect(took).toBeLessThan(600);
  expect(frames.reduce((sum, length) => sum + length, 0)).toBe(4800);
  expect(frames[0]).toBe(512);
});

it('plays as fast as it is understood, if that is wanted', async () => {
  const { frames, ended } = play(new FileSource(sound, { pace: Infinity }));
  expect(await ended).toBeLessThan(200);
  expect(frames).toHaveLength(10);
});

it('is silent once it is closed', async () => {
  const source = new FileSource(sound);
  const { frames } = play(source);
  await new Promise((resolve) => setTimeout(resolve, 100));
  source.close();
  const heard = frames.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(frames.length).toBe(heard);
  expect(heard).toBeLessThan(10);
});

it('says what is wrong with a file', async () => {
  await expect(play(new FileSource(join(folder, 'none.wav'))).ended).rejects.toMatchObject({ code: 'file_not_found' });
  const text = join(folder, 'text.wav');
  await writeFile(text, 'no sound');
  await expect(play(new FileSource(text)).ended).rejects.toMatchObject({ code: 'audio_invalid' });
});
