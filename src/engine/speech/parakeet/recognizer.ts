import type { SkippedSound, Transcription } from '../../../protocol';
import { invalidArgument } from '../../errors';
import type { ParakeetManifest } from '../../models/manifest';
import type { Tokenizer } from '../../text/tokenizer';
import { speechRate } from '../audio/decodeAudio';
import { hop, parakeetFeatures } from '../features/parakeetFeatures';
import type { RecognitionOptions, Recognizer } from '../recognizer';
import type { SpeechParts } from '../recognizers';
import { Stopwatch } from '../stopwatch';
import { ParakeetProgram } from './program';
import { soundBounds } from './soundBounds';
import { Transcript } from './transcript';
import { begin, transduce } from './transducer';
import { windowsOf } from './windows';

/** Parakeet hears a language by itself, and takes no prompt: those options mean nothing to it. */
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
    if (!samples.every(Number.isFinite)) throw invalidArgument('The sound holds samples that are no numbers.');
    const bounds = soundBounds(samples);
    return new Recognition(this.program, this.tokenizer, samples, options).run(bounds ?? { from: 0, to: 0 });
  }

  /** The program is the model's. */
  dispose(): void {}
}

class Recognition {
  readonly #stopwatch = new Stopwatch();

  constructor(
    private readonly program: ParakeetProgram,
    private readonly tokenizer: Tokenizer,
    private readonly samples: Float32Array,
    private readonly options: RecognitionOptions,
  ) {}

  /** `from`, `to`: samples between which there is something to hear. */
  async run({ from, to }: { from: number; to: number }): Promise<Transcription> {
    const samplesAFrame = hop * this.program.shape.subsampling;
    const clock = { secondsAFrame: samplesAFrame / speechRate, start: from / speechRate };
    const transcript = new Transcript(this.tokenizer, clock, this.options.onSegment);
    await this.#hear(this.samples.subarray(from, to), transcript);
    transcript.flush();
    const seconds = this.samples.length / speechRate;
    const silence: SkippedSound = { start: 0, end: seconds, reason: 'silence', noSpeechProbability: null };
    return {
      text: transcript.text,
      language: null,
      languageProbability: 0,
      seconds,
      segments: transcript.segments,
      skipped: to === 0 && seconds > 0 ? [silence] : [],
      finish: this.options.signal?.aborted ? 'cancelled' : 'stop',
      timings: { ...this.#stopwatch.timings, tokens: transcript.count },
    };
  }

  async #hear(samples: Float32Array, transcript: Transcript): Promise<void> {
    const { signal } = this.options;
    const { melBins, frames, subsampling } = this.program.shape;
    const samplesAFrame = hop * subsampling;
    const total = Math.ceil(Math.floor(samples.length / hop) / subsampling);
    let progress = begin(this.program);
    for (const { from, to, end } of windowsOf(total, frames / subsampling)) {
      if (signal?.aborted) return;
      const window = samples.subarray(from * samplesAFrame, to * samplesAFrame);
      const features = await this.#stopwatch.timed('featuresMs', () => parakeetFeatures(window, melBins));
      if (features.frames === 0) return;
      this.#stopwatch.timings.windows++;
      const heard = await this.#stopwatch.timed('encodeMs', () => this.program.encode(features));
      const passage = { heard, offset: from, end, signal, onToken: transcript.add.bind(transcript) };
      progress = await this.#stopwatch.timed('decodeMs', () => transduce(this.program, progress, passage));
    }
  }
}
