import type { SkippedSound, Transcription } from '../../../protocol';
import { invalidArgument } from '../../errors';
import type { ParakeetManifest } from '../../models/manifest';
import type { Tokenizer } from '../../text/tokenizer';
import { speechRate } from '../audio/decodeAudio';
import { hop, parakeetFeatures } from '../features/parakeetFeatures';
import type { RecognitionOptions, Recognizer } from '../recognizer';
import type { SpeechParts } from '../recognizers';
import { refuseTranslation } from '../requests';
import { Stopwatch } from '../stopwatch';
import { isNoise } from './noise';
import { type Heard, ParakeetProgram } from './program';
import { readOtherwise, Speech } from './readings';
import { type Bounds, soundBounds } from './soundBounds';
import { type Clock, Transcript } from './transcript';
import { begin, type SpokenToken, transduce } from './transducer';
import { windowsOf } from './windows';

export class ParakeetRecognizer implements Recognizer {
  private constructor(
    private readonly program: ParakeetProgram,
    private readonly tokenizer: Tokenizer,
  ) {}

  /** @throws model_invalid */
  static of({ program, tokenizer, manifest }: SpeechParts, speech: ParakeetManifest): ParakeetRecognizer {
    return new ParakeetRecognizer(new ParakeetProgram(program, speech, manifest.vocabularySize), tokenizer);
  }

  async recognize(samples: Float32Array, options: RecognitionOptions = {}): Promise<Transcription> {
    refuseTranslation('parakeet', options);
    if (!samples.every(Number.isFinite)) throw invalidArgument('The sound holds samples that are no numbers.');
    const bounds = soundBounds(samples) ?? { from: 0, to: 0 };
    return new Recognition(this.program, this.tokenizer, samples, bounds, options).run();
  }

  /** The program is the model's. */
  dispose(): void {}
}

class Recognition {
  readonly #stopwatch = new Stopwatch();
  readonly #transcript: Transcript;
  readonly #clock: Clock;
  readonly #seconds: number;
  readonly #skipped: SkippedSound[] = [];
  #alternatives: readonly string[] | undefined;
  /** Of what was said so far. */
  #last: SpokenToken | undefined;

  /** `from`, `to`: samples between which there is something to hear. */
  constructor(
    private readonly program: ParakeetProgram,
    private readonly tokenizer: Tokenizer,
    private readonly samples: Float32Array,
    private readonly bounds: Bounds,
    private readonly options: RecognitionOptions,
  ) {
    const samplesAFrame = hop * program.shape.subsampling;
    this.#clock = { secondsAFrame: samplesAFrame / speechRate, start: bounds.from / speechRate };
    this.#seconds = samples.length / speechRate;
    this.#transcript = new Transcript(tokenizer, this.#clock, options.onSegment);
  }

  async run(): Promise<Transcription> {
    const { from, to } = this.bounds;
    if (to > 0) await this.#hear(this.samples.subarray(from, to));
    else if (this.#seconds > 0) this.#skip('silence', 0, this.#seconds);
    this.#transcript.flush();
    return {
      text: this.#transcript.text,
      ...(this.#alternatives && { alternatives: this.#alternatives }),
      language: null,
      languageProbability: 0,
      seconds: this.#seconds,
      segments: this.#transcript.segments,
      skipped: this.#skipped,
      finish: this.options.signal?.aborted ? 'cancelled' : 'stop',
      timings: { ...this.#stopwatch.timings, tokens: this.#transcript.count },
    };
  }

  async #hear(samples: Float32Array): Promise<void> {
    const { signal } = this.options;
    const { melBins, frames, subsampling } = this.program.shape;
    const samplesAFrame = hop * subsampling;
    const windows = windowsOf(Math.ceil(Math.floor(samples.length / hop) / subsampling), frames / subsampling);
    let progress = begin(this.program);
    for (const { from, to, end } of windows) {
      if (signal?.aborted) return;
      const window = samples.subarray(from * samplesAFrame, to * samplesAFrame);
      const features = await this.#stopwatch.timed('featuresMs', () => parakeetFeatures(window, melBins));
      if (features.frames === 0) return;
      this.#stopwatch.timings.windows++;
      const heard = await this.#stopwatch.timed('encodeMs', () => this.program.encode(features));
      const speech = new Speech();
      const passage = { heard, offset: from, end, signal, onToken: speech.add.bind(speech) };
      const next = await this.#stopwatch.timed('decodeMs', () => transduce(this.program, progress, passage));
      if (this.#isNoise(speech) && !signal?.aborted) {
        this.#skip('noSpeech', this.#secondsAt(progress.frame), this.#secondsAt(end));
        // What was not said must not lead on to what follows.
        progress = { ...next, state: progress.state };
        continue;
      }
      progress = next;
      for (const token of speech.spoken) this.#transcript.add(token);
      this.#last = speech.spoken.at(-1) ?? this.#last;
      if (windows.length === 1) await this.#readOtherwise(heard, speech);
    }
  }

  #isNoise({ spoken }: Speech): boolean {
    const frames = this.#last ? (spoken[0]?.frame ?? 0) - this.#last.frame - this.#last.duration : Infinity;
    const textOf = (token: number) => Buffer.from(this.tokenizer.bytes(token)).toString();
    return isNoise({ spoken, textOf, pause: frames * this.#clock.secondsAFrame });
  }

  #secondsAt(frame: number): number {
    return Math.min(this.#seconds, this.#clock.start + frame * this.#clock.secondsAFrame);
  }

  #skip(reason: SkippedSound['reason'], start: number, end: number): void {
    this.#skipped.push({ start, end, reason, noSpeechProbability: null });
  }

  /** Only of a sound of one window: of longer ones the readings would be too many. */
  async #readOtherwise(heard: Heard, best: Speech): Promise<void> {
    const { alternatives: most = 0, signal } = this.options;
    if (most < 1 || signal?.aborted) return;
    const sound = { heard, signal, textOf: (speech: Speech) => this.#textOf(speech) };
    this.#alternatives = await this.#stopwatch.timed('decodeMs', () => readOtherwise(this.program, best, most, sound));
  }

  #textOf({ spoken }: Speech): string {
    const transcript = new Transcript(this.tokenizer, this.#clock);
    for (const token of spoken) transcript.add(token);
    transcript.flush();
    return transcript.text;
  }
}
