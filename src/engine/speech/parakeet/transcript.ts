/** Tokens → words with their times, and words → segments: a sentence each. */
import type { TranscriptSegment, TranscriptWord } from '../../../protocol';
import type { Tokenizer } from '../../text/tokenizer';
import { Utf8Stream } from '../../text/utf8Stream';
import { compressionRatio } from '../compressionRatio';
import { longPause } from './noise';
import type { SpokenToken } from './transducer';

const sentenceEnd = /[.?!…。？！]["'”’)]?$/u;
const punctuation = /^\p{P}+$/u;

interface Piece extends SpokenToken {
  readonly bytes: Uint8Array;
}

export interface Clock {
  /** Of an encoder's frame. */
  readonly secondsAFrame: number;
  /** Of the first frame, seconds from the sound's beginning. */
  readonly start: number;
}

export class Transcript {
  readonly segments: TranscriptSegment[] = [];
  readonly #pieces: Piece[][] = [[]];
  #count = 0;

  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly clock: Clock,
    private readonly onSegment?: ((segment: TranscriptSegment) => void) | undefined,
  ) {}

  /** Tokens so far. */
  get count(): number {
    return this.#count;
  }

  get text(): string {
    return this.segments.map(({ text }) => text).join(' ');
  }

  add(token: SpokenToken): void {
    this.#count++;
    const piece = { ...token, bytes: this.tokenizer.bytes(token.token) };
    const isWord = piece.bytes[0] === 0x20;
    if (isWord) {
      this.#endSentence(token.frame);
      this.#pieces.push([]);
    }
    this.#pieces.at(-1)!.push(piece);
  }

  /** What was said so far, as one more segment. */
  flush(): void {
    const words = this.#pieces.splice(0, Infinity, []).flatMap((pieces) => this.#word(pieces) ?? []);
    if (words.length === 0) return;
    const segment = segmentOf(words);
    this.segments.push(segment);
    this.onSegment?.(segment);
  }

  /** Where a word begins at `frame`: whether the one before was a sentence's last. */
  #endSentence(frame: number): void {
    const last = this.#pieces.at(-1)!.at(-1);
    if (!last) return;
    const pause = (frame - last.frame - last.duration) * this.clock.secondsAFrame;
    if (pause >= longPause || sentenceEnd.test(textOf(this.#pieces.at(-1)!))) this.flush();
  }

  #word(pieces: readonly Piece[]): SpokenWord | null {
    const text = textOf(pieces);
    if (text === '') return null;
    // A mark is written where the word ends, whenever the model came to think of it.
    const spoken = pieces.filter(({ bytes }) => !punctuation.test(Buffer.from(bytes).toString().trim()));
    const [first, last] = [spoken[0] ?? pieces[0]!, spoken.at(-1) ?? pieces.at(-1)!];
    const seconds = (frame: number) => this.clock.start + frame * this.clock.secondsAFrame;
    const word = { text, start: seconds(first.frame), end: seconds(last.frame + last.duration) };
    return { ...word, confidence: Math.exp(meanLogProbability(pieces)), pieces };
  }
}

interface SpokenWord extends TranscriptWord {
  readonly pieces: readonly Piece[];
}

const textOf = (pieces: readonly Piece[]): string =>
  new Utf8Stream().push(Buffer.concat(pieces.map(({ bytes }) => bytes))).trim();

const meanLogProbability = (pieces: readonly SpokenToken[]): number =>
  pieces.reduce((sum, { logProbability }) => sum + logProbability, 0) / pieces.length;

function segmentOf(words: readonly SpokenWord[]): TranscriptSegment {
  const pieces = words.flatMap((word) => word.pieces);
  const avgLogProbability = meanLogProbability(pieces);
  const tokens = pieces.map(({ token }) => token);
  return {
    start: words[0]!.start,
    end: words.at(-1)!.end,
    text: words.map(({ text }) => text).join(' '),
    confidence: Math.exp(avgLogProbability),
    avgLogProbability,
    noSpeechProbability: null,
    compressionRatio: compressionRatio(tokens),
    temperature: 0,
    tokens,
    words: words.map(({ text, start, end, confidence }) => ({ text, start, end, confidence })),
  };
}
