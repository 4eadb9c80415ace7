import { describe, expect, it } from 'vitest';
import type { Session } from '../../../../../src/engine/native/addonTypes';
import { DecoderLanes } from '../../../../../src/engine/speech/decoderLanes';
import type { EncoderDecoder } from '../../../../../src/engine/speech/encoderDecoder';
import type { RecognitionOptions } from '../../../../../src/engine/speech/recognizer';
import { recognize } from '../../../../../src/engine/speech/whisper/recognition';
import type { Tokenizer } from '../../../../../src/engine/text/tokenizer';
import { tinyTokens, tinyVocabulary } from './tinyTokens';

type Script = (window: number, attempt: number) => readonly number[];

interface Behaviour {
  /** What is said in each window, at each attempt. */
  readonly script: Script;
  readonly noSpeech?: number;
  /** Logit of the scripted token; low: the model is not sure. */
  readonly sure?: (window: number, attempt: number) => number;
  /** A word that might be meant instead of the scripted token in this place, and its logit. */
  readonly rival?: (place: number) => readonly [number, number] | undefined;
  /** What else is changed in the logits after these tokens. */
  readonly logits?: (drawn: readonly number[], logits: Float32Array) => void;
  readonly onToken?: () => void;
}

/** A model that says what a script says, and records its prompts. */
class Scripted {
  readonly prompts: number[][] = [];
  readonly windows: Float32Array[] = [];
  #fed: number[] = [];
  #promptLength = 0;
  #attempt = -1;
  constructor(readonly behaviour: Behaviour) {}

  readonly session = {
    fed: () => this.#fed,
    position: 0,
    prefill: async (tokens: readonly number[]) => {
      this.#fed.push(...tokens);
      this.session.position = this.#fed.length;
      const task = tokens.findIndex((token) => token === tinyTokens.transcribe || token === tinyTokens.translate);
      if (task >= 0) {
        this.#promptLength = this.#fed.length - (tokens.length - task - 1);
        this.#attempt++;
        this.prompts.push(this.#fed.slice(0, this.#promptLength));
      }
      this.behaviour.onToken?.();
      return { position: this.#fed.length, cancelled: false };
    },
    rewind: (position: number) => {
      this.#fed = this.#fed.slice(0, position);
      return (this.session.position = position);
    },
    provide: () => void this.session.rewind(0),
    logits: () => this.#logits(),
  };
  #isTaken = false;
  readonly lanes = new DecoderLanes(() => {
    if (this.#isTaken) throw Object.assign(new Error('one lane'), { code: 'program_unsupported' });
    this.#isTaken = true;
    return this.session as unknown as Session;
  });

  async encode(values: Float32Array): Promise<void> {
    this.windows.push(values);
    this.lanes.provide([]);
    this.#attempt = -1;
  }

  #logits(): Float32Array {
    const logits = new Float32Array(tinyVocabulary).fill(-20);
    if (this.#fed.at(-1) === tinyTokens.startOfTranscript) {
      logits[tinyTokens.languages.de!] = 2;
      logits[tinyTokens.languages.en!] = 1;
      logits[tinyTokens.noSpeech] = Math.log((this.behaviour.noSpeech ?? 0.01) * 1000);
      logits[0] = Math.log((1 - (this.behaviour.noSpeech ?? 0.01)) * 1000);
      return logits;
    }
    const window = this.windows.length - 1;
    const said = this.behaviour.script(window, this.#attempt)[this.#fed.length - this.#promptLength];
    logits[said ?? tinyTokens.endOfText] = this.behaviour.sure?.(window, this.#attempt) ?? 10;
    const [word, logit] = this.behaviour.rival?.(this.#fed.length - this.#promptLength) ?? [];
    if (word !== undefined) logits[word] = logit!;
    this.behaviour.logits?.(this.#fed.slice(this.#promptLength), logits);
    return logits;
  }
}

const tokenizer = {
  encode: (text: string) => [...text.trim()].map(Number),
  bytes: (id: number) => Buffer.from(` w${id}`),
} as unknown as Tokenizer;

function listen(behaviour: Behaviour, seconds: number, options: RecognitionOptions = {}, loudness = 1) {
  const scripted = new Scripted(behaviour);
  const model = scripted as unknown as EncoderDecoder;
  const recognizer = { model, tokenizer, tokens: tinyTokens, mels: 80, frames: 60, contextLength: 40 };
  const samples = Float32Array.from({ length: seconds * 16_000 }, (_, n) => loudness * Math.sin(n / 5));
  return { scripted, result: recognize(recognizer, samples, options) };
}

describe('recognition', () => {
  it('hears the language once and says what, when and how sure', async () => {
    const { scripted, result } = listen({ script: () => [20, 1, 2, 40] }, 0.5);
    const { segments, ...rest } = await result;
    expect(rest).toMatchObject({ text: 'w1 w2', language: 'de', seconds: 0.5, finish: 'stop', skipped: [] });
    expect(rest.languageProbability).toBeCloseTo(Math.E ** 2 / (Math.E ** 2 + Math.E), 4);
    expect(segments).toHaveLength(1);
    expect(segments[0]).toMatchObject({ start: 0, end: 0.4, text: 'w1 w2', temperature: 0, tokens: [20, 1, 2, 40] });
    expect(segments[0]!.confidence).toBeGreaterThan(0.99);
    expect(scripted.prompts).toEqual([[11, 13, 14]]);
  });

  it('begins the next window where the last segment ended, with the text before as its prompt', async () => {
    const said = [
      [20, 1, 30, 30, 2],
      [20, 2, 40],
    ];
    const { scripted, result } = listen({ script: (window) => said[window] ?? [20, 3, 40] }, 1, {
      language: 'English',
      prompt: '77',
    });
    const { text, segments, timings } = await result;
    expect(text).toBe('w1 w2 w3');
    expect(segments.map(({ start }) => start.toFixed(2))).toEqual(['0.00', '0.20', '0.80']);
    expect(timings).toMatchObject({ windows: 3 });
    expect(scripted.prompts).toEqual([
      [16, 7, 7, 11, 12, 14],
      [16, 7, 7, 20, 1, 30, 11, 12, 14],
      [16, 7, 7, 20, 1, 30, 20, 2, 40, 11, 12, 14],
    ]);
    const last = scripted.windows.at(-1)!;
    expect(last.subarray(20, 60)).toEqual(new Float32Array(40)); // behind a long sound comes nothing
  });

  it('keeps of a long text before what fits into half the context', async () => {
    const { scripted, result } = listen({ script: () => [20, 40] }, 0.5, {
      language: 'en',
      prompt: '1234567812345678123456',
    });
    await result;
    expect(scripted.prompts[0]).toEqual([16, ...[...'4567812345678123456'].map(Number), 11, 12, 14]);
  });

  it('tries again, hotter, what repeats itself', async () => {
    const repeated = [20, ...Array.from({ length: 30 }, () => 1)];
    const { scripted, result } = listen({ script: (_, i) => (i < 2 ? repeated : [20, 1, 2, 40]) }, 0.5, {
      language: 'en',
    });
    const { segments } = await result;
    expect(segments[0]).toMatchObject({ text: 'w1 w2', temperature: 0.4 });
    expect(scripted.prompts).toHaveLength(3);
  });

  it('says nothing, and why, where there is no speech', async () => {
    const unsure = { script: () => [20, 1, 40], noSpeech: 0.9, sure: () => -19.9 };
    const { result } = listen(unsure, 0.5, { language: 'en' });
    const { text, skipped } = await result;
    expect(text).toBe('');
    expect(skipped).toMatchObject([{ start: 0, end: 0.5, reason: 'noSpeech' }]);
    expect(skipped[0]!.noSpeechProbability).toBeCloseTo(0.9, 1);
  });

  it('does not ask the model where nothing is to be heard', async () => {
    const { scripted, result } = listen({ script: () => [20, 1, 40] }, 0.5, { language: 'en' }, 0.0001);
    expect((await result).skipped).toEqual([{ start: 0, end: 0.5, reason: 'silence', noSpeechProbability: null }]);
    expect(scripted.windows).toEqual([]);
  });

  it('stops with what was complete when it is cancelled', async () => {
    const abort = new AbortController();
    let tokens = 0;
    const behaviour = { script: () => [20, 1, 40], onToken: () => void (++tokens > 5 && abort.abort()) };
    const { scripted, result } = listen(behaviour, 3, { language: 'en', signal: abort.signal });
    expect(await result).toMatchObject({ finish: 'cancelled', text: 'w1' });
    expect(scripted.windows).toHaveLength(2);
  });

  it('does not hear what it was not trained for', async () => {
    await expect(listen({ script: () => [] }, 1, { language: 'Klingon' }).result).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('Klingon'),
    });
  });

  it('translates where it is told to', async () => {
    const { scripted, result } = listen({ script: () => [20, 1, 40] }, 0.5, { language: 'de', translate: true });
    expect((await result).text).toBe('w1');
    expect(scripted.prompts).toEqual([[11, 13, 15]]);
  });

  it('draws at the temperature that is asked for, once', async () => {
    const repeated = [20, ...Array.from({ length: 30 }, () => 1)];
    const { scripted, result } = listen({ script: () => repeated }, 0.5, { language: 'en', temperature: 0 });
    expect((await result).segments[0]).toMatchObject({ temperature: 0 });
    expect(scripted.prompts).toHaveLength(1);
  });

  describe('a beam', () => {
    // The first word is likelier than its rival; without it the model is not sure of anything that follows.
    const misled: Behaviour = {
      script: () => [20, 1, 2, 40],
      rival: (place) => (place === 1 ? [3, 9.5] : undefined),
      logits: (drawn, logits) => {
        if (drawn[1] === 1 && drawn.length === 2) logits.fill(9, 4, 8);
      },
    };

    it('finds what drawing the likeliest token misses', async () => {
      const text = async (options: RecognitionOptions) =>
        (await listen(misled, 0.5, { language: 'en', ...options }).result).text;
      expect(await text({ beam: 1 })).toBe('w1 w2');
      expect(await text({ beam: 2 })).toBe('w3 w2');
      expect(await text({})).toBe('w3 w2');
      expect(await text({ beam: 2, temperature: 0 })).toBe('w3 w2');
    });

    it('has other readings too', async () => {
      const { result } = listen(misled, 0.5, { language: 'en', alternatives: 1 });
      expect(await result).toMatchObject({ text: 'w3 w2', alternatives: ['w1 w2'] });
    });

    it('stops in the middle when it is cancelled', async () => {
      const abort = new AbortController();
      let fed = 0;
      const onToken = () => void (++fed > 6 && abort.abort());
      const { result, scripted } = listen({ ...misled, onToken }, 0.5, { language: 'en', signal: abort.signal });
      expect(await result).toMatchObject({ finish: 'cancelled', text: '', segments: [] });
      expect(scripted.prompts).toHaveLength(1);
    });
  });

  it('fills a window up with zeros, or with silence where that is asked for', async () => {
    const behindSound = async (options: RecognitionOptions) => {
      const { scripted, result } = listen({ script: () => [20, 1, 40] }, 0.5, { language: 'en', ...options });
      await result;
      return scripted.windows[0]!.subarray(55, 60);
    };
    expect(await behindSound({})).toEqual(new Float32Array(5));
    expect((await behindSound({ padding: 'silence' })).every((value) => value < -0.2)).toBe(true);
  });

  describe('other readings', () => {
    const doubts: Record<number, readonly [number, number]> = { 1: [3, 8], 2: [4, 9], 3: [5, 2] };
    const behaviour = { script: () => [20, 1, 2, 6, 40], rival: (place: number) => doubts[place] };

    it('are what close rivals lead to, closest first', async () => {
      const { result } = listen(behaviour, 0.5, { language: 'en', alternatives: 3 });
      const { text, alternatives } = await result;
      // 5 in place of 6 is too far off.
      expect({ text, alternatives }).toEqual({ text: 'w1 w2 w6', alternatives: ['w1 w4 w6', 'w3 w2 w6', 'w3 w4 w6'] });
    });

    it('are as many as are asked for, of one window only', async () => {
      expect((await listen(behaviour, 0.5, { language: 'en', alternatives: 1 }).result).alternatives).toHaveLength(1);
      expect((await listen(behaviour, 0.5, { language: 'en' }).result).alternatives).toBeUndefined();
      expect((await listen(behaviour, 2, { language: 'en', alternatives: 1 }).result).alternatives).toBeUndefined();
    });

    it('are written in the manner that is asked for, as if that had been said before', async () => {
      const written = { script: (_window: number, attempt: number) => [20, 1, attempt === 0 ? 2 : 5, 40] };
      const { scripted, result } = listen(written, 0.5, { language: 'en', manner: '78' });
      expect(await result).toMatchObject({ text: 'w1 w2', alternatives: ['w1 w5'] });
      expect(scripted.prompts).toEqual([
        [11, 12, 14],
        [16, 7, 8, 11, 12, 14],
      ]);
      // The manner is an English one.
      expect((await listen(written, 0.5, { language: 'de', manner: '78' }).result).alternatives).toEqual([]);
    });

    it('are not sought where the first is enough', async () => {
      const asked: string[] = [];
      const isEnough = (texts: readonly string[]) => Promise.resolve(asked.push(...texts) > 0);
      const { scripted, result } = listen(behaviour, 0.5, { language: 'en', alternatives: 3, manner: '7', isEnough });
      expect((await result).alternatives).toBeUndefined();
      expect([asked, scripted.prompts.length]).toEqual([['w1 w2 w6'], 1]);
    });

    it('are sought in stages, until there is enough', async () => {
      const written = {
        script: (_window: number, attempt: number) => [20, 1, attempt === 0 ? 2 : 5, 40],
        rival: behaviour.rival,
      };
      const isEnough = (texts: readonly string[]) => Promise.resolve(texts.includes('w1 w5'));
      const { result } = listen(written, 0.5, { language: 'en', beam: 1, alternatives: 3, manner: '78', isEnough });
      expect((await result).alternatives).toEqual(['w1 w5']);
    });
  });

  it('hears nothing in nothing', async () => {
    expect(await listen({ script: () => [] }, 0).result).toMatchObject({ text: '', language: null, segments: [] });
  });
});
