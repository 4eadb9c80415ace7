/** Spoken words → items of code, left to right. Knows what is a string, a comment, or an expression within a string. */
import type { Item } from './item';
import type { Language } from './languages';
import { afterSymbols, beforeSymbols, formatter, type Reader, type Reading } from './readers';
import { SpokenWords, type SymbolAt } from './spokenWords';
import type { Spacing } from './symbols';
import type { Vocabulary } from './vocabulary';

export interface Scanned {
  readonly items: readonly Item[];
  /** How much speaks for code: 1 is one clear sign. */
  readonly signs: number;
  /** 1 where every name was spelled or known, less for each that was guessed or is new. */
  readonly confidence: number;
}

const angles = new Set(['less than', 'greater than', 'open angle', 'close angle', 'left angle', 'right angle']);
/** Symbols' names that are words within quotation marks. */
const wordsInText = /^(times|not|plus|minus|equals|percent|star|tab|pipe|modulo|mod|arrow|hash|bang|point)$/;
/** Within quotation marks operators stand tight, and braces hold an expression. */
const inString: Partial<Record<Spacing, Exclude<Spacing, 'string'>>> = {
  infix: 'tight',
  blockOpen: 'open',
  blockClose: 'close',
};

/** A word that the file does not know may be new, or misheard; a very long one is several that were run together. */
const ofUnknownWord = ({ length }: string): number => (length > 14 ? 0.75 : 0.93);

export class Scanner {
  readonly #items: Item[] = [];
  readonly #words: SpokenWords;
  #at = 0;
  /** The quotation mark of the string that is open. */
  #quote: string | null = null;
  /** Braces that are open within it. */
  #braces = 0;
  #comment = false;
  #signs = 0;
  #confidence = 1;

  constructor(
    raw: readonly string[],
    language: Language,
    languageId: string,
    readonly vocabulary: Vocabulary,
  ) {
    this.#words = new SpokenWords(raw, language, languageId);
  }

  scan(): Scanned {
    while (this.#at < this.#words.length) {
      const isRead = this.#comment ? this.#endOfComment() : this.#inText ? this.#text() : this.#code();
      if (!isRead) this.#word();
    }
    return { items: this.#items, signs: this.#signs, confidence: this.#confidence };
  }

  get #inText(): boolean {
    return this.#comment || (this.#quote !== null && this.#braces === 0);
  }

  #code(): boolean {
    return this.#readWith(beforeSymbols) || this.#symbol() || this.#readWith(afterSymbols);
  }

  #endOfComment(): boolean {
    return this.#words.symbol(this.#at)?.spacing === 'line' && this.#symbol();
  }

  /** In a string words stay as they were said, but for formatters, symbols, and the paths and variables that the file knows. */
  #text(): boolean {
    if (this.#readWith([formatter], 'text')) return true;
    const isVariable = this.#items.at(-1)?.kind === 'prefix';
    const { texts } = this.#words;
    const known = isVariable ? this.vocabulary.several(texts, this.#at) : this.vocabulary.segment(texts, this.#at);
    return known
      ? this.#push({ item: { text: known.text, kind: 'text' }, length: known.length, signs: 0 })
      : this.#symbol();
  }

  #readWith(readers: readonly Reader[], kind?: 'text'): boolean {
    const place = { words: this.#words, at: this.#at, items: this.#items, vocabulary: this.vocabulary };
    for (const read of readers) {
      const reading = read(place);
      if (reading) return this.#push(kind ? { ...reading, item: { ...reading.item, kind } } : reading);
    }
    return false;
  }

  #push({ item, length, signs, likeness = 1, joins = false }: Reading): true {
    if (joins) this.#items.pop();
    this.#items.push(item);
    this.#at += length;
    this.#signs += signs;
    this.#confidence *= likeness;
    return true;
  }

  #symbol(): boolean {
    const symbol = this.#words.symbol(this.#at);
    if (!symbol) return false;
    const { text, spacing, phrase, length } = symbol;
    if (spacing === 'string') return this.#quotation(symbol);
    if (this.#inText && wordsInText.test(phrase)) return false;
    if (this.#quote !== null) this.#countBraces(text);
    const kind = this.#quote === null ? spacing : (inString[spacing] ?? spacing);
    const signs = this.#signsOf(symbol);
    if (spacing === 'comment') this.#comment = true;
    if (spacing === 'line') this.#comment = false;
    return this.#push({ item: { text, kind, ...(angles.has(phrase) ? { angle: true } : {}) }, length, signs });
  }

  /** A symbol's name that is an everyday word says little, unless it is all that was said, or begins a comment. */
  #signsOf({ weak, length, spacing }: SymbolAt): number {
    const isClear = length === this.#words.length || (spacing === 'comment' && this.#items.length === 0);
    return weak && !isClear ? 0.5 : 1;
  }

  #countBraces(text: string): void {
    if (text === '{') this.#braces++;
    if (text === '}') this.#braces = Math.max(0, this.#braces - 1);
  }

  #quotation({ text, length }: SymbolAt): boolean {
    if (this.#quote === null) {
      this.#quote = text || '"';
      return this.#push({ item: { text: this.#quote, kind: 'stringOpen' }, length, signs: 1 });
    }
    // Another kind of quotation mark within a string is a character of it.
    if (text !== '' && text !== this.#quote) return this.#push({ item: { text, kind: 'tight' }, length, signs: 0 });
    const closing = this.#quote;
    this.#quote = null;
    this.#braces = 0;
    return this.#push({ item: { text: closing, kind: 'stringClose' }, length, signs: 0.5 });
  }

  /** Anything else: as it was said in text; in code in lower case, unless its capitals are not those of a sentence. */
  #word(): void {
    if (this.#inText) {
      const raw = this.#words.raw[this.#at]!;
      const isLast = this.#at === this.#words.length - 1;
      // The full stop is the recogniser's: comments of one line have none.
      const text = isLast && this.#comment ? raw.replace(/(?<=\w)\.$/, '') : raw;
      this.#push({ item: { text, kind: 'text' }, length: 1, signs: 0 });
      return;
    }
    const raw = this.#words.bareRaw(this.#at);
    const text = /[a-z][A-Z]|_|\d/.test(raw) ? this.#withLettersOfFile(raw) : this.#words.text(this.#at);
    const isLetter = /^[a-z]$/.test(text);
    const likeness = isLetter ? 1 : ofUnknownWord(text);
    this.#push({ item: { text, kind: 'name' }, length: 1, signs: isLetter ? 0.25 : 0, likeness });
  }
  /** "N-1": a recogniser writes a letter that stands alone as it likes; the file has one case of it, or it is small. */
  #withLettersOfFile(raw: string): string {
    return raw.replace(/(?<![\p{L}\p{N}_])[A-Z](?![\p{L}\p{N}_])/gu, (letter) =>
      this.vocabulary.has(letter) ? letter : letter.toLowerCase(),
    );
  }
}
