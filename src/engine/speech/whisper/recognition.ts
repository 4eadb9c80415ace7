/**
 * A whole sound → text: windows of 30 s, each heard once, written with the text before as its prompt, and begun where the last
 * segment ended. Source: OpenAI's transcribe.py and transformers' generation_whisper.py.
 */
import type { SkippedSound, TranscriptSegment, Transcription } from '../../../protocol';
import { Utf8Stream } from '../../text/utf8Stream';
import { type Features, hop, logMel } from '../features/logMel';
import { isQuiet } from '../quiet';
import type { RecognitionOptions } from '../recognizer';
import { Stopwatch } from '../stopwatch';
import type { Attempt } from './attempt';
import type { Reading } from './reading';
import { cutAtTimestamps, type TokenSegment } from './segments';
import type { WhisperTokens } from './tokens';
import { isSilent, WindowDecoder } from './windowDecoder';
import type { WhisperModel } from './whisperModel';

/** What was drawn hotter than this is no prompt for what follows. */
const hottestPrompt = 0.5;
/** So that a window of timestamps without sense cannot make a sound take hours. */
const leastFrames = 20;
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
  readonly #stopwatch = new Stopwatch();
  readonly #decoder: WindowDecoder;
  readonly #seconds: number;
  #alternatives: readonly string[] | undefined;
  /** Tokens of the text before, the prompt's first. */
  #previous: readonly number[];
  #text = '';

  constructor(
    private readonly recognizer: WhisperModel,
    private readonly samples: Float32Array,
    private readonly options: RecognitionOptions,
  ) {
    const { tokenizer } = recognizer;
    const { prompt } = options;
    this.#seconds = samples.length / (hop * framesASecond);
    this.#decoder = new WindowDecoder(recognizer, options);
    this.#previous = prompt?.trim() ? tokenizer.encode(` ${prompt.trim()}`) : [];
  }

  async run(): Promise<Transcription> {
    const { frames, mels } = this.recognizer;
    const content = Math.ceil(this.samples.length / hop);
    const features = await this.#stopwatch.timed('featuresMs', () =>
      // Windows are filled up with features of 0, as OpenAI's transcribe.py does; transformers continues short sounds with digital
      // silence, which costs word errors (docs/SPEECH.md).
      logMel(this.samples, mels, content <= frames && this.options.padding === 'silence' ? frames : undefined),
    );
    for (let seek = 0; seek < content && !this.#cancelled;) {
      seek += await this.#window(features, seek, Math.min(frames, content - seek));
    }
    return {
      text: this.#text.trim(),
      ...(this.#alternatives ? { alternatives: this.#alternatives } : {}),
      language: this.#decoder.language?.code ?? null,
      languageProbability: this.#decoder.language?.probability ?? 0,
      seconds: this.#seconds,
      segments: this.#segments,
      skipped: this.#skipped,
      finish: this.#cancelled ? 'cancelled' : 'stop',
      timings: this.#stopwatch.timings,
    };
  }

  /** Returns the frames that are done with. */
  async #window(features: Features, seek: number, size: number): Promise<number> {
    // Of a window of silence Whisper says "you", and is sure of it.
    if (isQuiet(this.samples.subarray(seek * hop, (seek + size) * hop))) return this.#skip(seek, size, 'silence', null);
    this.#stopwatch.timings.windows++;
    await this.#stopwatch.timed('encodeMs', () =>
      this.recognizer.model.encode(windowOf(features, seek, this.recognizer.frames)),
    );
    if (this.#cancelled) return size;
    const { best, noSpeech } = await this.#stopwatch.timed('decodeMs', () => this.#decoder.decode(this.#previous));
    this.#stopwatch.timings.tokens = this.#decoder.tokens;
    if (best.cancelled) return size;
    const start = seek / framesASecond;
    if (isSilent(best, noSpeech)) return this.#skip(seek, size, 'noSpeech', noSpeech);
    const { segments, consumed } = cutAtTimestamps(best.tokens, size, this.recognizer.tokens);
    for (const segment of segments) this.#keep(segment, start, best, noSpeech);
    if (this.samples.length <= size * hop) await this.#readOtherwise(best);
    if (best.temperature >= hottestPrompt) this.#previous = [];
    return Math.max(leastFrames, consumed);
  }

  /** Only of a sound of one window: of longer ones the readings would be too many. */
  async #readOtherwise(best: Attempt): Promise<void> {
    const { alternatives: most = 0, expected = [], manner = '', isEnough } = this.options;
    if ((most < 1 && expected.length === 0 && manner === '') || this.#cancelled) return;
    if (await isEnough?.([this.#text.trim()])) return;
    this.#alternatives = [];
    await this.#stopwatch.timed('decodeMs', async () => {
      const readings: Reading[] = [];
      for await (const found of this.#decoder.otherReadings(best)) {
        readings.push(...found);
        this.#alternatives = this.#textsOf(readings);
        if (found.length > 0 && (await isEnough?.([this.#text.trim(), ...this.#alternatives]))) return;
      }
    });
  }

  /** Likeliest first, each once, and none that was heard first. */
  #textsOf(readings: readonly Reading[]): readonly string[] {
    const sorted = [...readings].sort((a, b) => b.score - a.score);
    const texts = new Set(sorted.map(({ tokens }) => this.#textOf(tokens).trim()));
    texts.delete(this.#text.trim());
    return [...texts];
  }

  #skip(seek: number, size: number, reason: SkippedSound['reason'], noSpeechProbability: number | null): number {
    const start = seek / framesASecond;
    const end = Math.min(this.#seconds, start + size / framesASecond);
    this.#skipped.push({ start, end, reason, noSpeechProbability });
    return size;
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
}

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
