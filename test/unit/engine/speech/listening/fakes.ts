/** A sound whose samples say what is spoken: silence is faint, a word is loud, and its height is the word. */
import { expect, vi } from 'vitest';
import type { SoundListener, SoundSource } from '../../../../../src/engine/speech/capture/soundSource';
import { listen, type Listening } from '../../../../../src/engine/speech/listening/listen';
import type { Recognize } from '../../../../../src/engine/speech/listening/repeatedRecognition';
import { type VoiceActivityDetector, windowSamples } from '../../../../../src/engine/speech/vad/voiceActivity';
import type { ListenResult, Microphone, Transcription } from '../../../../../src/protocol';

const words = ['', 'open', 'the', 'file', 'and', 'close', 'it'] as const;
export type Word = (typeof words)[number];
/** Of a word, and of a silence: 10 windows, so that it makes a beginning. */
export const wordSamples = 10 * windowSamples;
const height = (word: Word) => (word === '' ? 0.001 : words.indexOf(word) / 10);

export const sayings = (...said: readonly Word[]): Float32Array =>
  Float32Array.from(said.flatMap((word) => Array<number>(wordSamples).fill(height(word))));

/** What of the words lies whole in the samples. */
export const transcriptOf = (samples: Float32Array): string =>
  words
    .slice(1)
    .map((word) => ({ word, at: samples.indexOf(Math.fround(height(word))), count: countOf(samples, height(word)) }))
    .filter(({ count }) => count >= wordSamples)
    .sort((a, b) => a.at - b.at)
    .map(({ word }) => word)
    .join(' ');

const countOf = (samples: Float32Array, value: number) =>
  samples.filter((sample) => sample === Math.fround(value)).length;

export class FakeSource implements SoundSource {
  listener: SoundListener | undefined;
  closed = false;

  constructor(private readonly microphone: Microphone | null = null) {}

  async open(listener: SoundListener): Promise<Microphone | null> {
    this.listener = listener;
    return this.microphone;
  }

  close(): void {
    this.closed = true;
  }

  async say(...said: readonly Word[]): Promise<void> {
    const samples = sayings(...said);
    for (let at = 0; at < samples.length; at += 160) await this.listener!.onSamples(samples.subarray(at, at + 160));
  }
}

/** Resolves when `source` is listened to; the result is wrapped, or awaiting it would await the end. */
export async function startListening(
  listening: Listening,
  source: FakeSource,
): Promise<{ result: Promise<ListenResult> }> {
  const result = listen(listening);
  result.catch(() => undefined);
  await vi.waitFor(() => expect(source.listener).toBeDefined());
  return { result };
}

/** Whatever is loud is speech. */
export const fakeDetector: VoiceActivityDetector = {
  push: async (samples) =>
    Array.from({ length: samples.length / windowSamples }, (_, i) => (samples[i * windowSamples]! > 0.01 ? 0.9 : 0.1)),
  reset: () => undefined,
};

export function transcription(text: string, changes: Partial<Transcription> = {}): Transcription {
  const known = { avgLogProbability: -0.1, noSpeechProbability: 0, compressionRatio: 1, temperature: 0, tokens: [] };
  return {
    text,
    language: 'en',
    languageProbability: 1,
    seconds: 1,
    segments: text === '' ? [] : [{ start: 0, end: 1, text, confidence: 0.9, ...known }],
    skipped: [],
    finish: 'stop',
    timings: { featuresMs: 1, encodeMs: 1, decodeMs: 1, tokens: 1, windows: 1 },
    ...changes,
  };
}

/** Notes what it was asked to hear. `hold`: answers wait for it. */
export class FakeRecognizer {
  readonly heard: string[] = [];
  cancelled = 0;
  hold: Promise<void> | undefined;
  fails: unknown;
  answer: (text: string) => Transcription = transcription;

  readonly recognize: Recognize = async (samples, signal) => {
    const text = transcriptOf(samples);
    this.heard.push(text);
    await this.hold;
    if (this.fails !== undefined) throw this.fails;
    if (signal.aborted) {
      this.cancelled++;
      return transcription('', { finish: 'cancelled' });
    }
    return this.answer(text);
  };
}
