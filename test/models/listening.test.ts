/** Listening with Whisper base and Silero VAD: sounds in which nobody speaks, and a stream of several minutes. */
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kindNames, makeClip, wavOf } from '../../bench/listening/clips.mjs';
import { schedule } from '../../bench/listening/schedule.mjs';
import { compose } from '../../src/engine/compose';
import type { Engine } from '../../src/engine/engine';
import { loadAddon } from '../../src/engine/native/loader';
import type { Utterance } from '../../src/engine/speech/listening/listenOn';
import { silentReasons } from '../../src/protocol';

const folder = mkdtempSync(join(tmpdir(), 'pteron-listening-'));
const file = join(folder, 'sound.wav');
const model = 'whisper-base';
const pace = 1000;
let engine: Engine;
beforeAll(() => void ({ engine } = compose({ addon: loadAddon })));
afterAll(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true });
});

describe('a sound in which nobody speaks', () => {
  const clips = kindNames.flatMap((kind: string) => [0, 13].map((index) => [kind, index] as const));

  // All 200: node bench/listening/nonSpeech.mjs
  it.each(clips)('%s %i gives nothing, and says why', async (kind, index) => {
    await writeFile(file, wavOf(makeClip(kind, index)));
    const { alternatives, nothing } = await engine.listen({ model, file, pace });
    expect(alternatives).toEqual([]);
    expect(silentReasons).toContain(nothing!.reason);
    expect(nothing!.detail).not.toBe('');
  });

  it('is told from one in which somebody does, however faint', async () => {
    const clip = join(import.meta.dirname, '../fixtures/speech/settings-en.wav');
    expect((await engine.listen({ model, file: clip, pace })).alternatives[0]).toMatch(
      /^please open the settings file/i,
    );
    const { samples } = schedule({ seconds: 9, silence: 1 });
    await writeFile(file, wavOf(samples.map((sample: number) => sample * 0.05)));
    const { alternatives } = await engine.listen({ model, file, pace, language: 'en' });
    expect(alternatives[0]).toMatch(/^please open the settings file/i);
  });
});

describe('a stream', () => {
  it('of minutes gives each utterance at its time', async () => {
    // An hour of it, with memory: node bench/listening/hour.mjs
    const { samples, spoken } = schedule({ seconds: 240, silence: 50 });
    await writeFile(file, wavOf(samples));
    const utterances: Utterance[] = [];
    const onUtterance = (utterance: Utterance) => void utterances.push(utterance);
    await engine.listenOn({ model, file, pace, language: 'en' }, { onUtterance, stop: new AbortController().signal });
    expect(utterances.map(({ kind }) => kind)).toEqual(spoken.map(() => 'text'));
    // It begins a fifth of a second before the first window that is speech.
    utterances.forEach(({ start }, i) => expect(Math.abs(start + 0.2 - spoken[i]!.at)).toBeLessThan(0.15));
  });
});
