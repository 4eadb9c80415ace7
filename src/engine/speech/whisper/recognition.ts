/**
 * A whole sound → text: windows of 30 s, each heard once, written with the text before as its prompt, and begun where the last
 * segment ended. Source: OpenAI's transcribe.py and transformers' generation_whisper.py.
 */
import type { SkippedSound, TranscriptSegment, Transcription } from '../../../protocol';
import type { Tokenizer } from '../../text/tokenizer';
import { Utf8Stream } from '../../text/utf8Stream';
import type { EncoderDecoder } from '../encoderDecoder';
import { type Features, hop, logMel } from '../features/logMel';
import type { RecognitionOptions } from '../recognizer';
import { type Attempt, attempt } from './attempt';
import { seededRandom } from './draw';
import { hearLanguage, languageCalled, type SpokenLanguage } from './language';
import { logSumExp } from './logitRules';
import { cutAtTimestamps, type TokenSegment } from './segments';
import type { WhisperTokens } from './tokens';

/** What a loaded model lends for recognition. */
export interface WhisperModel {
  readonly model: EncoderDecoder;
  readonly tokenizer: Tokenizer;
  readonly tokens: WhisperTokens;
  readonly mels: number;
  /** Of a window, 10 ms each. */
  readonly frames: number;
  readonly contextLength: number;
}

/** Tried in turn until an attempt can be trusted. */
const temperatures = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;
/** As OpenAI and transformers set them; the ratio is of token ids. */
const thresholds = { compressionRatio: 1.35, avgLogProbability: -1, noSpeech: 0.6 } as const;
/** What was drawn hotter than this is no prompt for what follows. */
const hottestPrompt = 0.5;
/** So that a window of timestamps without sense cannot make a sound take hours. */
const leastFrames = 20;
/** −66 dB: what no microphone in use is below. Of a window that is, Whisper says "you", and is sure of it. */
const quietest = 0.0005;
const seed = 1;
const framesASecond = 100;

/** `samples`: 16 kHz. Everything of `recognizer` is used by one call at a time. @throws inference_failed, invalid_argument */
export async function recognize(
  recognizer: WhisperModel,
  samples: Float32Array,
  options: RecognitionOptions = {},
): Promise<Transcription> {
  return new Recognition(recognizer, samples, options).run();
}

class Recognition {
  readonly #segments: TranscriptSegment[] = [];
  readonly #skipped: SkippedSound[] = [];
  readonly #timings = { featuresMs: 0, encodeMs: 0, decodeMs: 0, tokens: 0, windows: 0 };
  readonly #random = seededRandom(seed);
  readonly #seconds: number;
  #language: SpokenLanguage | undefined;
  /** Tokens of the text before, the prompt's first. */
  #previous: readonly number[];
  #text = '';

  constructor(
    private readonly recognizer: WhisperModel,
    private readonly samples: Float32Array,
    private readonly options: RecognitionOptions,
  ) {
    const { tokens, tokenizer } = recognizer;
    const { language, prompt } = options;
    this.#seconds = samples.length / (hop * framesASecond);
    if (language !== undefined) this.#language = languageCalled(language, tokens);
    else if (Object.keys(tokens.languages).length === 0) this.#language = { code: 'en', probability: 1 };
    this.#previous = prompt?.trim() ? tokenizer.encode(` ${prompt.trim()}`) : [];
  }

  async run(): Promise<Transcription> {
    const { frames, mels } = this.recognizer;
    const content = Math.ceil(this.samples.length / hop);
    const features = await this.#timed('featuresMs', () =>
      // A short sound is continued with silence; behind a long one, as in the references, comes nothing.
      logMel(this.samples, mels, content <= frames ? frames : undefined),
    );
    for (let seek = 0; seek < content && !this.#cancelled;) {
      seek += await this.#window(features, seek, Math.min(frames, content - seek));
    }
    return {
      text: this.#text.trim(),
      language: this.#language?.code ?? null,
      languageProbability: this.#language?.probability ?? 0,
      seconds: this.#seconds,
      segments: this.#segments,
      skipped: this.#skipped,
      finish: this.#cancelled ? 'cancelled' : 'stop',
      timings: this.#timings,
    };
  }

  /** Returns the frames that are done with. */
  async #window(features: Features, seek: number, size: number): Promise<number> {
    if (isQuiet(this.samples.subarray(seek * hop, (seek + size) * hop))) return this.#skip(seek, size, 'silence', null);
    this.#timings.windows++;
    await this.#timed('encodeMs', () => this.recognizer.model.encode(windowOf(features, seek, this.recognizer.frames)));
    if (this.#cancelled) return size;
    const { best, noSpeech } = await this.#timed('decodeMs', () => this.#decode());
    if (best.cancelled) return size;
    const start = seek / framesASecond;
    if (isSilent(best, noSpeech)) return this.#skip(seek, size, 'noSpeech', noSpeech);
    const { segments, consumed } = cutAtTimestamps(best.tokens, size, this.recognizer.tokens);
    for (const segment of segments) this.#keep(segment, start, best, noSpeech);
    if (best.temperature >= hottestPrompt) this.#previous = [];
    return Math.max(leastFrames, consumed);
  }

  #skip(seek: number, size: number, reason: SkippedSound['reason'], noSpeechProbability: number | null): number {
    const start = seek / framesASecond;
    const end = Math.min(this.#seconds, start + size / framesASecond);
    this.#skipped.push({ start, end, reason, noSpeechProbability });
    return size;
  }

  async #decode(): Promise<{ best: Attempt; noSpeech: number }> {
    const { model, tokens, contextLength } = this.recognizer;
    const { session } = model;
    await this.#settleLanguage();
    const half = Math.floor(contextLength / 2) - 1;
    const before = this.#previous.length > 0 ? [tokens.startOfPrevious, ...this.#previous.slice(-half)] : [];
    const prompt = [...before, tokens.startOfTranscript];
    await session.prefill(prompt.slice(session.position));
    const logits = session.logits();
    const noSpeech = Math.exp(logits[tokens.noSpeech]! - logSumExp(logits));
    prompt.push(...this.#task());
    let best: Attempt | undefined;
    for (const temperature of temperatures) {
      if (best) session.rewind(prompt.length - 1);
      await session.prefill(prompt.slice(session.position));
      const room = contextLength - prompt.length;
      const { signal } = this.options;
      best = await attempt(session, tokens, { temperature, random: this.#random, room, signal });
      this.#timings.tokens += best.tokens.length;
      if (best.cancelled || isSilent(best, noSpeech) || isTrusted(best)) break;
    }
    return { best: best!, noSpeech };
  }

  /** Hears the language after the start of transcript alone, once. */
  async #settleLanguage(): Promise<void> {
    const { model, tokens } = this.recognizer;
    if (this.#language) return;
    await model.session.prefill([tokens.startOfTranscript]);
    this.#language = hearLanguage(model.session.logits(), tokens);
    model.session.rewind(0);
  }

  #task(): number[] {
    const { languages, transcribe } = this.recognizer.tokens;
    return transcribe === null ? [] : [languages[this.#language!.code]!, transcribe];
  }

  #keep({ start, end, from, to }: TokenSegment, offset: number, window: Attempt, noSpeech: number): void {
    const drawn = window.tokens.slice(from, to);
    const raw = this.#textOf(drawn);
    const probabilities = window.logProbabilities.slice(from, to);
    const avgLogProbability = probabilities.reduce((sum, value) => sum + value, 0) / Math.max(1, probabilities.length);
    const segment: TranscriptSegment = {
      start: Math.min(this.#seconds, offset + start),
      end: Math.min(this.#seconds, offset + end),
      text: raw.trim(),
      confidence: Math.exp(avgLogProbability),
      avgLogProbability,
      noSpeechProbability: noSpeech,
      compressionRatio: window.compressionRatio,
      temperature: window.temperature,
      tokens: drawn,
    };
    this.#previous = [...this.#previous, ...withoutSecondEnd(drawn, this.recognizer.tokens)];
    if (segment.text === '') return;
    this.#text += raw;
    this.#segments.push(segment);
    this.options.onSegment?.(segment);
  }

  #textOf(drawn: readonly number[]): string {
    const { tokenizer, tokens } = this.recognizer;
    const spoken = drawn.filter((token) => token < tokens.endOfText);
    return new Utf8Stream().push(Buffer.concat(spoken.map((token) => tokenizer.bytes(token))));
  }

  get #cancelled(): boolean {
    return this.options.signal?.aborted ?? false;
  }

  async #timed<T>(what: 'featuresMs' | 'encodeMs' | 'decodeMs', work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await work();
    this.#timings[what] += performance.now() - started;
    return result;
  }
}

const isQuiet = (samples: Float32Array): boolean => samples.every((sample) => Math.abs(sample) < quietest);

const isTrusted = ({ compressionRatio, avgLogProbability }: Attempt): boolean =>
  compressionRatio <= thresholds.compressionRatio && avgLogProbability >= thresholds.avgLogProbability;

const isSilent = ({ avgLogProbability }: Attempt, noSpeech: number): boolean =>
  noSpeech > thresholds.noSpeech && avgLogProbability < thresholds.avgLogProbability;

/** A window's last segment holds both timestamps of a pair; as a prompt it ends with one, as the others do. */
function withoutSecondEnd(drawn: readonly number[], { firstTimestamp }: WhisperTokens): readonly number[] {
  return drawn.length > 2 && drawn.at(-2)! >= firstTimestamp ? drawn.slice(0, -1) : drawn;
}

/** [mels, frames] from `seek` on; 0 behind the sound's end. */
function windowOf({ mels, frames: all, values }: Features, seek: number, frames: number): Float32Array {
  const window = new Float32Array(mels * frames);
  const until = Math.min(all, seek + frames);
  for (let mel = 0; mel < mels; mel++) window.set(values.subarray(mel * all + seek, mel * all + until), mel * frames);
  return window;
}
