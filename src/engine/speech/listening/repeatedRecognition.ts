import type { Transcription } from '../../../protocol';
import { speechRate } from '../audio/decodeAudio';
import type { PartialText } from '../recognizer';
import { LocalAgreement } from './localAgreement';
import type { ReadSound, SegmentRecognition, SoundRange } from './segmentRecognition';

/** `isWhole`: it may be the final text, so it is worth a search, and other readings. */
export type Recognize = (samples: Float32Array, signal: AbortSignal, isWhole: boolean) => Promise<Transcription>;

/** A hypothesis less than this newer than the last tells nothing. */
const leastStep = 0.5 * speechRate;
/** Sound behind the last speech without which its last consonant may be missing. */
const tail = 0.1 * speechRate;

interface Hypothesis extends SoundRange {
  readonly transcription: Transcription;
}

/**
 * For models that hear a whole sound only: the growing sound is heard again and again, in the background. When the speaker pauses,
 * all of it is heard at once, so that a release after a pause finds its text there.
 */
export class RepeatedRecognition implements SegmentRecognition {
  readonly #agreement = new LocalAgreement();
  #running: (SoundRange & { readonly abort: AbortController; readonly done: Promise<void> }) | undefined;
  #last: Hypothesis | undefined;
  #text: PartialText = { confirmed: '', tentative: '' };
  /** Samples that went by while the last hypothesis was made: half of the time is left to others. */
  #pace = 0;
  #heardTo = 0;
  /** Of the final text. */
  readonly #abort = new AbortController();

  /** `onText`: there is a new hypothesis. */
  constructor(
    private readonly recognize: Recognize,
    private readonly onText: () => void,
  ) {}

  get text(): PartialText {
    return this.#text;
  }

  update(range: SoundRange, { end, speaking }: { end: number; speaking: boolean }, read: ReadSound): void {
    this.#heardTo = range.to;
    const needed = Math.min(end + tail, range.to);
    if (this.#abort.signal.aborted || reaches(this.#last, needed)) return;
    const running = this.#running;
    if (running) {
      // The speaker paused: what is being heard lacks the end, and the release may come any moment.
      if (!speaking && !reaches(running, needed)) running.abort.abort();
      return;
    }
    const last = this.#last?.to ?? range.from;
    if (speaking && range.to - last < Math.max(leastStep, 2 * this.#pace)) return;
    this.#start(range, read(range), !speaking);
  }

  async finish(range: SoundRange, speechEnd: number, read: ReadSound): Promise<Transcription> {
    const needed = Math.min(speechEnd + tail, range.to);
    const running = this.#running;
    if (reaches(running, needed)) await running!.done;
    else running?.abort.abort();
    if (reaches(this.#last, needed)) return this.#last!.transcription;
    return this.recognize(read(range), this.#abort.signal, true);
  }

  dispose(): void {
    this.#abort.abort();
    this.#running?.abort.abort();
  }

  #start(range: SoundRange, samples: Float32Array, isWhole: boolean): void {
    const abort = new AbortController();
    const done = this.recognize(samples, abort.signal, isWhole)
      .then((transcription) => {
        if (abort.signal.aborted || transcription.finish === 'cancelled') return;
        this.#pace = this.#heardTo - range.to;
        this.#last = { ...range, transcription };
        this.#text = this.#agreement.push(transcription.text);
        this.onText();
      })
      // A partial text that fails is none; the final one will fail too, and say why.
      .catch(() => undefined)
      .finally(() => (this.#running = undefined));
    this.#running = { ...range, abort, done };
  }
}

const reaches = (heard: SoundRange | undefined, end: number): boolean => heard !== undefined && heard.to >= end;
