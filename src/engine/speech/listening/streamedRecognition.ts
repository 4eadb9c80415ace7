import { PteronError, type Transcription } from '../../../protocol';
import type { PartialText, SpeechStream } from '../recognizer';
import type { ReadSound, SegmentRecognition, SoundRange } from './segmentRecognition';

/** Less than this is waited for: what a model that streams hears at once. */
const leastStep = 1280;

/** What the model is asked for, one piece of work at a time. */
export type Work = <T>(work: (open: Open) => Promise<T>) => Promise<T>;
type Open = (signal: AbortSignal) => SpeechStream;

/** For models that hear a sound as it is spoken: each sample goes to one stream, once. */
export class StreamedRecognition implements SegmentRecognition {
  #stream: SpeechStream | undefined;
  #pushed: number | undefined;
  #running: Promise<void> | undefined;
  #error: unknown;
  #text: PartialText = { confirmed: '', tentative: '' };
  readonly #abort = new AbortController();

  /** `onText`: there is more of it. */
  constructor(
    private readonly work: Work,
    private readonly onText: () => void,
  ) {}

  get text(): PartialText {
    return this.#text;
  }

  update(range: SoundRange, _speech: unknown, read: ReadSound): void {
    if (this.#running || this.#error !== undefined || this.#abort.signal.aborted) return;
    if (range.to - (this.#pushed ?? range.from) < leastStep) return;
    this.#running = this.#push(range, read)
      // Kept for `finish`, which says why.
      .catch((error: unknown) => void (this.#error = error))
      .finally(() => (this.#running = undefined));
  }

  async finish(range: SoundRange, _speechEnd: number, read: ReadSound): Promise<Transcription> {
    await this.#running;
    if (this.#error !== undefined) throw this.#error;
    await this.#push(range, read);
    return this.work((open) => this.#opened(open).finish());
  }

  dispose(): void {
    this.#abort.abort();
    this.#stream?.dispose();
  }

  async #push(range: SoundRange, read: ReadSound): Promise<void> {
    const from = this.#pushed ?? range.from;
    if (range.to <= from) return;
    const samples = read(range).subarray(from - range.from);
    this.#pushed = range.to;
    this.#text = await this.work((open) => this.#opened(open).push(samples));
    if (!this.#abort.signal.aborted) this.onText();
  }

  #opened(open: Open): SpeechStream {
    const { signal } = this.#abort;
    if (signal.aborted) throw new PteronError('disposed', 'Nobody listens to this sound any more.', 'Listen again.');
    return (this.#stream ??= open(signal));
  }
}
