import { speechRate } from '../audio/decodeAudio';
import type { PartialText } from '../recognizer';
import type { SpeechTracker } from '../vad/speechTracker';
import type { PlacedTranscription } from './joinTranscriptions';
import type { SegmentRecognition, SoundRange } from './segmentRecognition';
import type { SoundBuffer } from './soundBuffer';

/** `before`: the text that precedes the segment; `onText`: its text has grown. */
export type NewRecognition = (before: string, onText: () => void) => SegmentRecognition;

export interface PassageEvents {
  /** The text has grown. */
  onText(): void;
  /** A segment was cut off and is understood; in order. */
  onDone?(placed: PlacedTranscription): void;
}

/** Kept around speech: recognizers want a beginning. */
const padding = 0.2 * speechRate;
/** Kept while nobody speaks. */
const preRoll = speechRate;
/** From here on a pause is a place to cut, and further on any place: a recognizer's window has 30 s. */
const long = { from: 20 * speechRate, pause: 0.2 * speechRate, most: 28 * speechRate };

/**
 * The segments of a sound that goes on: the one that grows is recognized meanwhile, those that are cut off are recognized once more
 * where they have to be, and then dropped. So memory does not grow with the sound.
 */
export class Passages {
  readonly #done: PlacedTranscription[] = [];
  readonly #pending = new Set<SegmentRecognition>();
  #current: SegmentRecognition;
  #finishing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly sound: SoundBuffer,
    private readonly tracker: SpeechTracker,
    private readonly create: NewRecognition,
    private readonly events: PassageEvents,
  ) {
    this.#current = create('', events.onText);
  }

  /** Those that are cut off and understood, in order. */
  get done(): readonly PlacedTranscription[] {
    return this.#done;
  }

  get text(): PartialText {
    const settled = this.#done.map(({ transcription }) => transcription.text);
    const [next, ...others] = [...[...this.#pending].map(({ text }) => text), this.#current.text];
    // What comes before the first uncertain word is certain; behind it nothing is.
    const uncertain = others.map(({ confirmed, tentative }) => confirmed + tentative);
    return spaced([...settled, next!.confirmed], [next!.tentative, ...uncertain]);
  }

  /** After each window: recognizes what is there, cuts what is long, and drops what nobody needs. */
  follow(): void {
    const { first, last, position, speaking, silence } = this.tracker;
    if (first === null || last === null) return this.sound.dropBefore(position - preRoll);
    const range = this.#range(position);
    const length = position - range.from;
    if ((length > long.from && silence >= long.pause) || length > long.most) return void this.cut();
    // What is cut off comes first.
    if (this.#pending.size === 0) this.#current.update(range, { end: last, speaking }, this.#read);
  }

  /** Ends the segment. Resolves with its text; null: nobody spoke. @throws inference_failed */
  async cut(): Promise<PlacedTranscription | null> {
    const { first, last, position } = this.tracker;
    if (first === null || last === null) return null;
    const segment = this.#current;
    const range = this.#range(Math.min(position, last + padding));
    const samples = this.#read(range);
    this.tracker.forget();
    this.sound.dropBefore(Math.min(last, position - padding));
    this.#pending.add(segment);
    this.#current = this.create(this.#done.at(-1)?.transcription.text ?? '', this.events.onText);
    const before = this.#finishing;
    const finished = this.#finish(segment, { range, last, samples, before });
    this.#finishing = finished.catch(() => undefined);
    return finished;
  }

  /** Resolves when all that is cut off is understood. */
  async settled(): Promise<void> {
    await this.#finishing;
  }

  /** What is understood is not needed any more, as text or as what precedes the next. */
  forget(): void {
    this.#done.length = 0;
  }

  dispose(): void {
    for (const segment of [...this.#pending, this.#current]) segment.dispose();
  }

  async #finish(
    segment: SegmentRecognition,
    cut: { range: SoundRange; last: number; samples: Float32Array; before: Promise<unknown> },
  ): Promise<PlacedTranscription> {
    await cut.before;
    try {
      const transcription = await segment.finish(cut.range, cut.last, ({ from, to }) =>
        cut.samples.slice(Math.max(0, from - cut.range.from), Math.max(0, to - cut.range.from)),
      );
      const placed = { start: cut.range.from / speechRate, transcription };
      this.#done.push(placed);
      this.events.onDone?.(placed);
      return placed;
    } finally {
      this.#pending.delete(segment);
      segment.dispose();
      this.events.onText();
    }
  }

  #range(to: number): SoundRange {
    return { from: Math.max(this.sound.start, this.tracker.first! - padding), to };
  }

  readonly #read = ({ from, to }: SoundRange): Float32Array => this.sound.slice(from, to);
}

function spaced(confirmed: readonly string[], tentative: readonly string[]): PartialText {
  const [first, rest] = [confirmed, tentative].map((parts) =>
    parts
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join(' '),
  ) as [string, string];
  return { confirmed: first, tentative: first !== '' && rest !== '' ? ` ${rest}` : rest };
}
