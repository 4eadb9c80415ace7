/**
 * A whole sound → text. All of its windows stand in one prompt, as far as the context reaches and half an hour at most, which is what
 * the model was trained for; a longer sound is heard in pieces.
 */
import type { SkippedSound, TranscriptSegment, Transcription } from '../../../protocol';
import { invalidArgument } from '../../errors';
import type { Session } from '../../native/addonTypes';
import type { Tokenizer } from '../../text/tokenizer';
import { Utf8Stream } from '../../text/utf8Stream';
import { speechRate } from '../audio/decodeAudio';
import { hop, logMel } from '../features/logMel';
import { isQuiet } from '../quiet';
import { begunAt, otherReadings } from '../otherReadings';
import type { RecognitionOptions } from '../recognizer';
import { Stopwatch } from '../stopwatch';
import { compressionRatio } from '../compressionRatio';
import { type Encoder, hearWindows, windowsOf } from './hear';
import { languageCode } from './language';
import { questionPrompt, transcriptionPrompt, type VoxtralPrompt } from './prompt';
import { tokensASecond, type VoxtralTokens } from './tokens';
import { Writer, type Written } from './writer';

/** What a loaded model lends for recognition. */
export interface VoxtralModel {
  readonly encoder: Encoder;
  readonly session: Session;
  readonly tokenizer: Tokenizer;
  readonly tokens: VoxtralTokens;
  readonly contextLength: number;
}

const longestPieceSeconds = 1800;
/** For markers and the language. */
const reserved = 32;
/** A word or two that a short sound may need beyond its length. */
const leastRoom = 16;
const longestAnswer = 1024;
/** Seconds. */
const longestReadOtherwise = 30;

const nothingWritten: Written = {
  tokens: [],
  logProbabilities: [],
  rivals: [],
  avgLogProbability: 0,
  cancelled: true,
};

export const transcribe = (
  model: VoxtralModel,
  samples: Float32Array,
  options: RecognitionOptions,
): Promise<Transcription> => new Recognition(model, samples, options).transcribe();

/** The model's answer to a question about the sound, as the only segment's text. */
export const answer = (
  model: VoxtralModel,
  samples: Float32Array,
  question: string,
  options: RecognitionOptions,
): Promise<Transcription> => new Recognition(model, samples, options).answer(question);

class Recognition {
  readonly #segments: TranscriptSegment[] = [];
  readonly #skipped: SkippedSound[] = [];
  readonly #stopwatch = new Stopwatch();
  readonly #language: string | null;
  #alternatives: readonly string[] | undefined;
  #cancelled = false;

  constructor(
    private readonly model: VoxtralModel,
    private readonly samples: Float32Array,
    private readonly options: RecognitionOptions,
  ) {
    this.#language = options.language === undefined ? null : languageCode(options.language);
  }

  async transcribe(): Promise<Transcription> {
    const { tokenizer, tokens, encoder } = this.model;
    const language = this.#language === null ? [] : tokenizer.encode(`lang:${this.#language}`);
    const size = this.#windowsAtOnce * encoder.frames * hop;
    for (let start = 0; start < this.samples.length && !this.#cancelled; start += size) {
      const piece = this.samples.subarray(start, start + size);
      const seconds = { start: start / speechRate, end: (start + piece.length) / speechRate };
      if (isQuiet(piece)) {
        this.#skipped.push({ ...seconds, reason: 'silence', noSpeechProbability: null });
        continue;
      }
      const room = leastRoom + Math.ceil(tokensASecond * (seconds.end - seconds.start));
      const writer = await this.#hear(piece, room, (heard) => transcriptionPrompt(tokens, heard, language));
      const written = await this.#write(writer);
      this.#keep(seconds.start, seconds.end, written);
      if (piece.length === this.samples.length) await this.#readOtherwise(writer, written);
    }
    return this.#result();
  }

  async answer(question: string): Promise<Transcription> {
    const { tokenizer, tokens, encoder } = this.model;
    const asked = tokenizer.encode(question);
    const most = this.#windowsAtOnce * encoder.frames * hop;
    if (this.samples.length > most) {
      throw invalidArgument(
        `A question can be asked about ${Math.floor(most / speechRate)} s of sound at most.`,
        'Give a shorter sound, or export the model with a longer --context.',
      );
    }
    const writer = await this.#hear(this.samples, longestAnswer, (heard) => questionPrompt(tokens, heard, asked));
    this.#keep(0, this.samples.length / speechRate, await this.#write(writer));
    return this.#result();
  }

  /** As many as leave room for as much text as is ever said in them. */
  get #windowsAtOnce(): number {
    const { contextLength, encoder } = this.model;
    const fitting = Math.floor((contextLength - reserved) / (2 * encoder.rows));
    return Math.max(1, Math.min(fitting, Math.floor((longestPieceSeconds * speechRate) / (encoder.frames * hop))));
  }

  async #hear(samples: Float32Array, room: number, promptOf: (heard: number) => VoxtralPrompt): Promise<Writer> {
    const { encoder, session, tokenizer, tokens, contextLength } = this.model;
    const { signal } = this.options;
    const windows = windowsOf(samples.length, encoder);
    const features = await this.#stopwatch.timed('featuresMs', () =>
      logMel(samples, encoder.mels, windows * encoder.frames),
    );
    const heard = await this.#stopwatch.timed('encodeMs', () => hearWindows(encoder, features, signal));
    this.#stopwatch.timings.windows += windows;
    const prompt = promptOf(windows * encoder.rows);
    const left = Math.max(1, Math.min(room, contextLength - prompt.tokens.length));
    const isWord = (token: number) => !tokenizer.isSpecial(token);
    return new Writer(session, prompt, heard, { end: tokens.end, room: left, signal, isWord });
  }

  async #write(writer: Writer): Promise<Written> {
    if (this.options.signal?.aborted) return nothingWritten;
    return this.#stopwatch.timed('decodeMs', () => writer.write());
  }

  /** Only of a short sound: of a longer one the readings would be too many. */
  async #readOtherwise(writer: Writer, best: Written): Promise<void> {
    const { alternatives: most = 0 } = this.options;
    if (most < 1 || this.#cancelled || this.samples.length > longestReadOtherwise * speechRate) return;
    const textOf = ({ tokens }: Written) => this.#textOf(tokens);
    const branch = (from: Written, at: number) => writer.write(begunAt(from, at));
    const others = await this.#stopwatch.timed('decodeMs', () => otherReadings(best, most, { textOf, branch }));
    this.#alternatives = others.map(textOf);
  }

  #keep(start: number, end: number, { tokens, avgLogProbability, cancelled }: Written): void {
    this.#cancelled = cancelled;
    this.#stopwatch.timings.tokens += tokens.length;
    const text = this.#textOf(tokens);
    if (text === '') return;
    const segment: TranscriptSegment = {
      start,
      end,
      text,
      confidence: Math.exp(avgLogProbability),
      avgLogProbability,
      noSpeechProbability: null,
      compressionRatio: compressionRatio(tokens),
      temperature: 0,
      tokens,
    };
    this.#segments.push(segment);
    this.options.onSegment?.(segment);
  }

  #textOf(tokens: readonly number[]): string {
    const { tokenizer } = this.model;
    return new Utf8Stream().push(Buffer.concat(tokens.map((token) => tokenizer.bytes(token)))).trim();
  }

  #result(): Transcription {
    return {
      text: this.#segments.map(({ text }) => text).join(' '),
      ...(this.#alternatives && { alternatives: this.#alternatives }),
      language: this.#language,
      languageProbability: this.#language === null ? 0 : 1,
      seconds: this.samples.length / speechRate,
      segments: this.#segments,
      skipped: this.#skipped,
      finish: this.#cancelled ? 'cancelled' : 'stop',
      timings: this.#stopwatch.timings,
    };
  }
}
