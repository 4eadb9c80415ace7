import { PteronError, type Transcription } from '../../../protocol';
import type { Tokenizer } from '../../text/tokenizer';
import { speechRate } from '../audio/decodeAudio';
import type { PartialText, RecognitionOptions, SpeechStream } from '../recognizer';
import { Hearing, type RealtimeModel } from './hearing';
import { samplesAToken } from './tokens';
import { Transcript } from './transcript';

/** A sound as it is spoken. What was written never changes, so nothing is tentative. */
export class RealtimeStream implements SpeechStream {
  readonly #transcript: Transcript;
  #hearing: Promise<Hearing> | undefined;
  #samples = 0;
  #over = false;

  /** `delay`: in tokens. `onEnd`: another sound may begin. */
  constructor(
    private readonly model: RealtimeModel,
    tokenizer: Tokenizer,
    private readonly delay: number,
    private readonly options: RecognitionOptions,
    private readonly onEnd: () => void,
  ) {
    this.#transcript = new Transcript(tokenizer, model.leftPad + delay, options.onSegment);
  }

  async push(samples: Float32Array): Promise<PartialText> {
    const hearing = await this.#begun();
    const { signal } = this.options;
    this.#samples += samples.length;
    // In pieces, so that an abort is noticed and features of hours are never there at once.
    const size = samplesAToken * this.model.encoder.mostTokens;
    for (let start = 0; start < samples.length && !signal?.aborted; start += size) {
      await hearing.push(samples.subarray(start, start + size), signal);
    }
    return { confirmed: this.#transcript.text, tentative: '' };
  }

  async finish(): Promise<Transcription> {
    const hearing = await this.#begun();
    const { signal } = this.options;
    if (!signal?.aborted) await hearing.finish(signal);
    this.#transcript.close();
    this.dispose();
    const { text, segments, tokens } = this.#transcript;
    return {
      text: text.trimEnd(),
      language: null,
      languageProbability: 0,
      seconds: this.#samples / speechRate,
      segments,
      skipped: [],
      finish: signal?.aborted ? 'cancelled' : 'stop',
      timings: { featuresMs: 0, ...hearing.timings, tokens, windows: 1 },
    };
  }

  dispose(): void {
    if (!this.#over) this.onEnd();
    this.#over = true;
  }

  #begun(): Promise<Hearing> {
    if (this.#over) throw new PteronError('disposed', 'This sound has ended.', 'Begin a new one.');
    this.#hearing ??= Hearing.begin(this.model, this.delay, (token) => this.#transcript.add(token));
    return this.#hearing;
  }
}
