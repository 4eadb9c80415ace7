/** Other readings of Voxtral Mini: decoded from a prompt that is in the cache already. */
import { describe, expect, test } from 'vitest';
import { logMel } from '../../src/engine/speech/features/logMel';
import { begunAt } from '../../src/engine/speech/otherReadings';
import { createRecognizer } from '../../src/engine/speech/recognizers';
import { hearWindows, windowsOf } from '../../src/engine/speech/voxtral/hear';
import { transcriptionPrompt } from '../../src/engine/speech/voxtral/prompt';
import { Writer } from '../../src/engine/speech/voxtral/writer';
import { parts, sound, width } from './support/voxtral';

const id = 'tiny-voxtral';

describe('Voxtral Mini', () => {
  test('has other readings, each greedy from where it takes a rival', async () => {
    const { program, manifest, tokenizer, contextLength } = await parts(id);
    const { speech } = manifest;
    if (speech?.kind !== 'voxtral') throw new Error('another kind');
    const encoder = { program, mels: speech.melBins, frames: speech.frames, rows: speech.frames / 8, width };
    const samples = await sound('fox-en');
    const windows = windowsOf(samples.length, encoder);
    const heard = await hearWindows(encoder, await logMel(samples, encoder.mels, windows * encoder.frames));
    const prompt = transcriptionPrompt(speech.tokens, windows * encoder.rows, []);
    const room = 40;
    const options = { end: speech.tokens.end, room, isWord: (token: number) => !tokenizer.isSpecial(token) };
    const writer = (session = program.createSession({ contextLength })) => new Writer(session, prompt, heard, options);
    const one = writer();
    const best = await one.write();
    const places = best.rivals.flatMap((rival, at) => (rival ? [at] : [])).slice(0, 5);
    expect(places).toHaveLength(5);
    for (const at of places) {
      const begun = begunAt(best, at);
      const { tokens, rivals } = await one.write(begun);
      // In a session of its own, where nothing is rewound.
      const anew = program.createSession({ contextLength });
      expect(tokens.slice(0, at)).toEqual(best.tokens.slice(0, at));
      expect(tokens[at]).toBe(best.rivals[at]!.token);
      expect(rivals.slice(0, at + 1)).toEqual(new Array(at + 1).fill(null));
      expect(
        await writer(anew)
          .write(begun)
          .then((written) => written.tokens),
      ).toEqual(tokens);
      anew.dispose();
    }
  });

  test('tells other readings of a short sound where they are asked for', async () => {
    const recognizer = createRecognizer(await parts(id));
    const samples = await sound('fox-en');
    const plain = await recognizer.recognize(samples);
    const { text, alternatives, segments } = await recognizer.recognize(samples, { alternatives: 3 });
    expect(plain.alternatives).toBeUndefined();
    expect(segments.map(({ tokens }) => tokens)).toEqual(plain.segments.map(({ tokens }) => tokens));
    expect(alternatives).toHaveLength(3);
    expect(new Set([text, ...alternatives!]).size).toBe(4);
    const long = new Float32Array(31 * 16_000);
    long.set(samples);
    expect((await recognizer.recognize(long, { alternatives: 3 })).alternatives).toBeUndefined();
  });
});
