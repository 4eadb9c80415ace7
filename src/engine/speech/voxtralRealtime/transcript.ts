/** Tokens at their times → text, words and segments. */
import type { TranscriptSegment, TranscriptWord } from '../../../protocol';
import type { Tokenizer } from '../../text/tokenizer';
import { Utf8Stream } from '../../text/utf8Stream';
import { compressionRatio } from '../compressionRatio';
import type { HeardToken } from './hearing';
import { secondsAToken } from './tokens';

/** A pause that begins a new segment, in tokens: a second. */
const pause = 12;
const sentenceEnd = /[.?!…。？！]["'”’»)]*$/u;

interface OpenWord {
  text: string;
  readonly first: number;
  last: number;
  logProbability: number;
  tokens: number;
}
interface OpenSegment {
  text: string;
  readonly words: OpenWord[];
  readonly tokens: number[];
  logProbability: number;
}

export class Transcript {
  readonly #segments: TranscriptSegment[] = [];
  readonly #utf8 = new Utf8Stream();
  #open: OpenSegment | null = null;
  #text = '';
  #tokens = 0;

  /** `before`: tokens between the beginning of what the model hears and the text of the sound's beginning. */
  constructor(
    private readonly tokenizer: Tokenizer,
    private readonly before: number,
    private readonly onSegment: (segment: TranscriptSegment) => void = () => undefined,
  ) {}

  get text(): string {
    return this.#text.trimStart();
  }

  get segments(): readonly TranscriptSegment[] {
    return this.#segments;
  }

  /** Of text, and of nothing. */
  get tokens(): number {
    return this.#tokens;
  }

  add({ token, index, logProbability }: HeardToken): void {
    this.#tokens++;
    const bytes = this.tokenizer.bytes(token);
    if (bytes.length === 0) return;
    const text = this.#utf8.push(bytes);
    this.#text += text;
    if (this.#open && this.#endsBefore(text, index)) this.close();
    this.#open ??= { text: '', words: [], tokens: [], logProbability: 0 };
    const { words, tokens } = this.#open;
    this.#open.text += text;
    this.#open.logProbability += logProbability;
    tokens.push(token);
    const word = words.at(-1);
    if (word && !/^\s/.test(text)) {
      word.text += text;
      word.last = index;
      word.logProbability += logProbability;
      word.tokens++;
    } else words.push({ text, first: index, last: index, logProbability, tokens: 1 });
  }

  #endsBefore(text: string, index: number): boolean {
    const open = this.#open!;
    const silence = index - open.words.at(-1)!.last;
    return /^\s/.test(text) && (silence > pause || sentenceEnd.test(open.text));
  }

  /** Nothing is added to the open segment any more. */
  close(): void {
    const open = this.#open;
    this.#open = null;
    if (!open || open.text.trim() === '') return;
    const words = open.words.filter(({ text }) => text.trim() !== '').map((word) => this.#finished(word));
    const avgLogProbability = open.logProbability / open.tokens.length;
    const segment: TranscriptSegment = {
      start: words[0]!.start,
      end: words.at(-1)!.end,
      text: open.text.trim(),
      confidence: Math.exp(avgLogProbability),
      avgLogProbability,
      noSpeechProbability: null,
      compressionRatio: compressionRatio(open.tokens),
      temperature: 0,
      tokens: open.tokens,
      words,
    };
    this.#segments.push(segment);
    this.onSegment(segment);
  }

  #finished({ text, first, last, logProbability, tokens }: OpenWord): TranscriptWord {
    const at = (index: number) => Math.max(0, (index - this.before) * secondsAToken);
    return { text: text.trim(), start: at(first), end: at(last + 1), confidence: Math.exp(logProbability / tokens) };
  }
}
