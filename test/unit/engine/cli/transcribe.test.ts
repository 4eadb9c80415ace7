import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../../src/engine/cli/runCli';
import type { TranscribeOptions, TranscribeParams } from '../../../../src/engine/transcription';
import type { Transcription, TranscriptSegment } from '../../../../src/protocol';
import { type FakeEngine, fakeEngine } from '../fakes/fakeEngine';
import { makeWav } from '../speech/audio/makeWav';

const folder = mkdtempSync(join(tmpdir(), 'pteron-transcribe-'));
const sound = join(folder, 'sound.wav');
const segment: TranscriptSegment = {
  start: 61.5,
  end: 63,
  text: 'Hello.',
  confidence: 0.874,
  avgLogProbability: -0.135,
  noSpeechProbability: 0.01,
  compressionRatio: 0.9,
  temperature: 0,
  tokens: [50364, 15947, 13, 50414],
};
const heard: Transcription = {
  text: 'Hello.',
  language: 'en',
  languageProbability: 0.99,
  seconds: 70,
  segments: [segment],
  skipped: [{ start: 63, end: 70, reason: 'noSpeech', noSpeechProbability: 0.9 }],
  finish: 'stop',
  timings: { featuresMs: 1, encodeMs: 2, decodeMs: 3, tokens: 4, windows: 3 },
};

let fake: FakeEngine;
let asked: TranscribeParams | undefined;
beforeAll(() => writeFile(sound, makeWav(new Float32Array(44_100), { rate: 44_100 })));
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => void (fake = await fakeEngine()));
afterEach(() => fake.dispose());

async function pteron(args: readonly string[], { listens = true } = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const { engine, registry, addon } = fake;
  if (listens) {
    engine.transcribe = async (params: TranscribeParams, { onSegment }: TranscribeOptions = {}) => {
      asked = params;
      onSegment?.(segment);
      return params.alternatives === undefined ? heard : { ...heard, alternatives: ['Hallo.'] };
    };
  }
  const context = { engine, registry, addon: () => addon, stdin: Readable.from(['']), stdout, stderr };
  const status = await runCli(['transcribe', ...args], { ...context, signal: new AbortController().signal });
  stdout.end();
  stderr.end();
  return { status, stdout: await readAll(stdout), stderr: await readAll(stderr) };
}

describe('pteron transcribe', () => {
  it('prints a line a segment, with times and confidence, and what was skipped on stderr', async () => {
    const { status, stdout, stderr } = await pteron(['--model', 'w', sound]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '1:01.50 – 1:03.00   87 %  Hello.\n' });
    expect(stderr).toBe('1:03.00 – 1:10.00  no speech\n');
  });

  it('prints one JSON object, and passes on what it is told', async () => {
    const args = ['--model', 'w', '--json', '--language', 'de', '--prompt', 'Pteron', '--translate', sound];
    const { status, stdout } = await pteron(args);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual(heard);
    expect(asked).toMatchObject({ model: 'w', language: 'de', prompt: 'Pteron', translate: true });
    expect(asked!.samples).toHaveLength(16_000);
  });

  it('prints other readings', async () => {
    const { stdout } = await pteron(['--model', 'w', '--alternatives', '2', '--temperature', '0.5', sound]);
    expect(stdout).toBe('1:01.50 – 1:03.00   87 %  Hello.\nor: Hallo.\n');
    expect(asked).toMatchObject({ alternatives: 2, temperature: 0.5 });
    expect((await pteron(['--model', 'w', '--temperature', '2', sound])).status).toBe(2);
  });

  it('searches as wide as it is told to', async () => {
    await pteron(['--model', 'w', '--beam', '1', sound]);
    expect(asked).toMatchObject({ beam: 1 });
    await pteron(['--model', 'w', sound]);
    expect(asked!.beam).toBeUndefined();
    for (const width of ['0', '17', '2.5']) {
      expect(await pteron(['--model', 'w', '--beam', width, sound])).toMatchObject({
        status: 2,
        stderr: expect.stringContaining('from 1 to 16'),
      });
    }
  });

  it.each([
    [join(folder, 'nothing.wav'), 'file_not_found'],
    [import.meta.filename, 'audio_invalid'],
  ])('fails with a coded line on stderr for %s', async (file, code) => {
    const { status, stdout, stderr } = await pteron(['--model', 'w', file, '--json']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${code}: .+\\. .+\\.\\n$`));
  });

  it.each([
    [['--temperature', '0'], 'Parakeet takes no --temperature: .+\\. Leave it out, or use Whisper\\.'],
    [['--language', 'de', '--alternatives', '2'], 'Parakeet takes no --language: '],
    [['--mic', '--prompt', 'Pteron'], 'Parakeet takes no --prompt: '],
    [['--beam', '5'], 'Parakeet takes no --beam: '],
    [['--translate'], 'Parakeet takes no --translate: '],
    [['--delay', '480'], 'Parakeet takes no --delay: '],
    [['--ask', 'Who?', '--language', 'de'], '.* means nothing to a question'],
  ])('refuses what the model would ignore: %j', async (flags, why) => {
    await fake.store.add('tiny-parakeet');
    const { status, stderr } = await pteron(['--model', 'tiny-parakeet', ...flags, sound]);
    expect(status).toBe(1);
    expect(stderr).toMatch(new RegExp(`^invalid_argument: ${why}`));
    expect((await pteron(['--model', 'tiny-parakeet', '--alternatives', '2', sound])).status).toBe(0);
  });

  it('wants a speech model', async () => {
    const { status, stderr } = await pteron(['--model', 'tiny-gemma3', sound], { listens: false });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^model_role_mismatch: .*tiny-gemma3/);
    expect((await pteron([sound])).status).toBe(2);
  });
});
