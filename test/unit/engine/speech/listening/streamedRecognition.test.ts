import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Listening } from '../../../../../src/engine/speech/listening/listen';
import { StreamedRecognition, type Work } from '../../../../../src/engine/speech/listening/streamedRecognition';
import type { SpeechStream } from '../../../../../src/engine/speech/recognizer';
import { fakeDetector, FakeSource, startListening, transcription, transcriptOf, wordSamples } from './fakes';

/** Hears words as they become whole; notes all that it was given. */
class FakeStream implements SpeechStream {
  readonly #all = new Float32Array(40 * 16_000);
  #length = 0;
  disposed = false;
  constructor(readonly signal: AbortSignal) {}

  async push(samples: Float32Array) {
    this.#all.set(samples, this.#length);
    this.#length += samples.length;
    return { confirmed: this.#length < 5 * 16_000 ? transcriptOf(this.samples) : 'much', tentative: '' };
  }

  get samples(): Float32Array {
    return this.#all.subarray(0, this.#length);
  }

  async finish() {
    return transcription(transcriptOf(this.samples));
  }

  dispose() {
    this.disposed = true;
  }
}

let source: FakeSource;
let streams: FakeStream[];
let shown: string[];
let release: AbortController;
let cancel: AbortController;
let work: Work;

beforeEach(() => {
  source = new FakeSource();
  [streams, shown] = [[], []];
  [release, cancel] = [new AbortController(), new AbortController()];
  work = (job) =>
    job((signal) => {
      streams.push(new FakeStream(signal));
      return streams.at(-1)!;
    });
});

async function start(changes: Partial<Listening> = {}) {
  const listening: Listening = {
    source,
    detector: Promise.resolve(fakeDetector),
    recognition: (_, onText) => new StreamedRecognition((job) => work(job), onText),
    onUpdate: ({ confirmed }) => confirmed !== shown.at(-1) && shown.push(confirmed),
    release: release.signal,
    cancel: cancel.signal,
    ...changes,
  };
  return startListening(listening, source);
}

describe('a model that hears a sound as it is spoken', () => {
  it('gets every sample once, and its text is shown as it comes', async () => {
    const { result } = await start();
    await source.say('', 'open', 'the', 'file', '');
    release.abort();
    const { alternatives } = await result;
    expect(alternatives).toEqual(['open the file']);
    expect(shown.filter((text) => text !== '')).toEqual(['open', 'open the', 'open the file']);
    expect(streams).toHaveLength(1);
    const { samples, disposed } = streams[0]!;
    for (const height of [0.1, 0.2, 0.3]) {
      expect(samples.filter((sample) => sample === Math.fround(height))).toHaveLength(wordSamples);
    }
    expect(disposed).toBe(true);
  });

  it('is told nothing while nobody speaks', async () => {
    const { result } = await start();
    await source.say('', '', '');
    release.abort();
    expect((await result).nothing?.reason).toBe('no_speech');
    expect(streams).toEqual([]);
  });

  it('is stopped where the sound is thrown away', async () => {
    const { result } = await start();
    await source.say('open', 'the');
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    cancel.abort();
    expect((await result).finish).toBe('cancelled');
    expect(streams[0]!.signal.aborted).toBe(true);
    expect(streams[0]!.disposed).toBe(true);
  });

  it('begins a new stream after a long sound', async () => {
    const { result } = await start();
    const long = Array.from({ length: 64 }, (_, i) => (i % 2 === 0 ? 'open' : 'close') as 'open' | 'close');
    await source.say(...long, '', '', 'the', 'file');
    release.abort();
    const { transcription: heard } = await result;
    expect(streams.length).toBeGreaterThan(1);
    expect(heard!.text.endsWith('the file')).toBe(true);
    expect(streams.every(({ disposed }) => disposed)).toBe(true);
  });

  it('says at the end what went wrong in between', async () => {
    work = () => Promise.reject(new Error('the model is broken'));
    const { result } = await start();
    await source.say('open', 'the');
    release.abort();
    await expect(result).rejects.toThrow('the model is broken');
  });
});
