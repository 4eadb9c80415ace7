/** Spoken words → items of code, left to right: literals, formatters, numbers, symbols, keywords, names. */
import { formatted, formatterPhrases, type Style, styleOfLanguage } from './formatters';
import { awaitsOperand, type Item } from './item';
import type { Language } from './languages';
import { spokenNumber } from './numbers';
import { spelledAt } from './spelling';
import { longestSymbol, type SpokenSymbol, type SymbolTable, symbolsOf } from './symbols';
import type { Vocabulary } from './vocabulary';

export interface Scanned {
  readonly items: readonly Item[];
  /** How much speaks for code: 1 is one clear sign. */
  readonly signs: number;
  /** 1 where every name was spelled or known, less for each that was guessed. */
  readonly confidence: number;
}

const declaring = new Set(
  'def class function func fn const let var val interface struct enum trait type mut new macro'.split(' '),
);
const typeDeclaring = new Set('class interface struct enum trait type new'.split(' '));
const angles = new Set(['less than', 'greater than', 'open angle', 'close angle', 'left angle', 'right angle']);

export class Scanner {
  readonly #items: Item[] = [];
  readonly #symbols: SymbolTable;
  readonly #words: readonly string[];
  #at = 0;
  #quote: string | null = null;
  #braces = 0;
  #comment = false;
  #signs = 0;
  #confidence = 1;

  constructor(
    readonly raw: readonly string[],
    readonly language: Language,
    readonly languageId: string,
    readonly vocabulary: Vocabulary,
  ) {
    this.#words = raw.map((word) => word.toLowerCase().replace(/^["'“(]+|["'”.,!?;:)]+$/g, '') || word);
    this.#symbols = symbolsOf(language.family);
  }

  scan(): Scanned {
    while (this.#at < this.#words.length) {
      const inText = this.#comment || (this.#quote !== null && this.#braces === 0);
      if (!(inText ? this.#text() : this.#code())) this.#word();
    }
    return { items: this.#items, signs: this.#signs, confidence: this.#confidence };
  }

  #code(): boolean {
    return (
      this.#spelling() ||
      this.#formatter() ||
      this.#stringPrefix() ||
      this.#letters() ||
      this.#severalWords() ||
      this.#decorator() ||
      this.#symbol() ||
      this.#number() ||
      this.#call() ||
      this.#keyword() ||
      this.#declared() ||
      this.#singleName() ||
      this.#alike()
    );
  }

  /** Strings and comments: words as they were said; in strings also symbols, formatters and paths. */
  #text(): boolean {
    const symbol = this.#symbolAt(this.#at);
    if (this.#comment) return symbol?.[0].kindOf === 'line' && this.#symbol();
    if (this.#formatter()) return true;
    const previous = this.#items.at(-1);
    const known =
      previous?.kind === 'prefix'
        ? this.vocabulary.several(this.#words, this.#at)
        : this.vocabulary.segment(this.#words, this.#at);
    if (known) return this.#push({ text: known.text, kind: 'text' }, known.length);
    return this.#symbol();
  }

  #push(item: Item, length: number, signs = 0): true {
    this.#items.push(item);
    this.#at += length;
    this.#signs += signs;
    return true;
  }

  #spelling(): boolean {
    if (this.#words[this.#at] !== 'spell') return false;
    const { text, length } = spelledAt(this.#words, this.#at + 1);
    return length > 0 && this.#push({ text, kind: 'name' }, length + 1, 1);
  }

  #formatter(): boolean {
    const found = formatterAt(this.#words, this.#at);
    if (!found) return false;
    const from = this.#at + found.length;
    let to = from;
    while (to < this.#words.length && !this.#endsName(to)) to++;
    if (to === from) return false;
    const words = withDigits(this.#words.slice(from, to));
    return this.#push({ text: formatted(words, found.style), kind: this.#quote ? 'text' : 'name' }, to - this.#at, 1);
  }

  #endsName(at: number): boolean {
    return this.#symbolAt(at) !== null || formatterAt(this.#words, at) !== null;
  }

  /** f"…" in Python. */
  #stringPrefix(): boolean {
    const next = this.#symbolAt(this.#at + 1);
    if (this.language.family !== 'python' || !/^[frb]$/.test(this.#words[this.#at]!) || next?.[0].kindOf !== 'string')
      return false;
    return this.#push({ text: this.#words[this.#at]!, kind: 'prefix' }, 1);
  }

  /** A shell's commands and flags are spoken letter by letter: "l s dash l a". */
  #letters(): boolean {
    if (this.language.family !== 'shell') return false;
    let to = this.#at;
    while (/^[a-z]$/.test(this.#words[to] ?? '')) to++;
    return (
      to - this.#at > 1 &&
      this.#push({ text: this.#words.slice(this.#at, to).join(''), kind: 'name' }, to - this.#at, 0.5)
    );
  }

  #severalWords(): boolean {
    const type = typeDeclaring.has(this.#words[this.#at - 1] ?? '');
    const found = this.language.family === 'json' ? null : this.vocabulary.several(this.#words, this.#at, type);
    return found !== null && this.#push({ text: found.text, kind: 'name', known: true }, found.length, 1);
  }

  #decorator(): boolean {
    if (
      this.#words[this.#at] !== 'at' ||
      this.#items.length > 0 ||
      !['python', 'script', 'java'].includes(this.language.family)
    )
      return false;
    return this.#words.length > 1 && this.#push({ text: '@', kind: 'prefix' }, 1, 0.5);
  }

  #symbolAt(at: number): readonly [SpokenSymbol & { kindOf: SpokenSymbol['spacing'] }, string, number] | null {
    for (let length = Math.min(longestSymbol, this.#words.length - at); length > 0; length--) {
      const phrase = this.#words.slice(at, at + length).join(' ');
      const symbol = this.#symbols.get(phrase) ?? this.#written(phrase);
      if (symbol) return [{ ...symbol, kindOf: symbol.spacing }, phrase, length];
    }
    return null;
  }

  /** Symbols that the recogniser wrote itself. */
  #written(phrase: string): SpokenSymbol | undefined {
    if (!/^[^\p{L}\p{N}\s]{1,3}$/u.test(phrase)) return undefined;
    return [...this.#symbols.values()].find(({ text }) => text === phrase);
  }

  #symbol(): boolean {
    const found = this.#symbolAt(this.#at);
    if (!found) return false;
    const [{ text, spacing, weak }, phrase, length] = found;
    const alone = length === this.#words.length || (spacing === 'comment' && this.#items.length === 0);
    const signs = weak && !alone ? 0.5 : 1;
    if (spacing === 'string') return this.#quotation(text, length);
    if (this.#quote !== null) this.#countBraces(spacing);
    if (spacing === 'comment') this.#comment = true;
    if (spacing === 'line') this.#comment = false;
    if (
      this.#quote !== null &&
      this.#braces === 0 &&
      spacing !== 'blockClose' &&
      /^\w+$/.test(phrase) &&
      isProse(phrase)
    )
      return false;
    const kind = this.#quote !== null && spacing === 'infix' ? 'tight' : spacing;
    return this.#push({ text, kind, ...(angles.has(phrase) ? { angle: true } : {}) }, length, signs);
  }

  #countBraces(spacing: SpokenSymbol['spacing']): void {
    if (spacing === 'blockOpen' || (spacing === 'open' && this.#words.slice(this.#at, this.#at + 2).includes('brace')))
      this.#braces++;
    else if (
      spacing === 'blockClose' ||
      (spacing === 'close' && this.#words.slice(this.#at, this.#at + 2).includes('brace'))
    )
      this.#braces = Math.max(0, this.#braces - 1);
  }

  #quotation(text: string, length: number): boolean {
    if (this.#quote === null) {
      this.#quote = text || '"';
      return this.#push({ text: this.#quote, kind: 'stringOpen' }, length, 1);
    }
    if (text !== '' && text !== this.#quote) return this.#push({ text, kind: 'tight' }, length);
    const closing = this.#quote;
    this.#quote = null;
    this.#braces = 0;
    return this.#push({ text: closing, kind: 'stringClose' }, length, 0.5);
  }

  #number(): boolean {
    const number = spokenNumber(this.#words, this.#at);
    if (!number) return false;
    const previous = this.#items.at(-1);
    // u32, i64, f32
    if (/^(8|16|32|64|128)$/.test(number.text) && previous?.kind === 'name' && /^[uif]$/.test(previous.text)) {
      this.#items.pop();
      return this.#push({ text: previous.text + number.text, kind: 'name' }, number.length, 0.5);
    }
    return this.#push({ text: number.text, kind: 'name' }, number.length, 0.25);
  }

  /** "fibonacci of n": a call; its bracket is closed afterwards. */
  #call(): boolean {
    const callee = this.#items.at(-1);
    if (this.#words[this.#at] !== 'of' || !callee?.known || this.#items.some(({ text }) => text === 'for'))
      return false;
    return this.#push({ text: '(', kind: 'open', implied: true }, 1, 0.5);
  }

  #keyword(): boolean {
    const { keywords, spellings } = this.language;
    for (const length of [2, 1]) {
      const phrase = this.#words.slice(this.#at, this.#at + length).join(' ');
      const word = spellings.get(phrase) ?? (keywords.has(phrase) ? phrase : undefined);
      if (word === undefined) continue;
      const first = this.#items.length === 0 && this.language.family !== 'prose';
      return this.#push({ text: word, kind: keywords.has(word) ? 'keyword' : 'name' }, length, first ? 1 : 0.25);
    }
    return false;
  }

  /** What follows `def` or `const` is one name, however many words it has. */
  #declared(): boolean {
    const word = this.#items.at(-1);
    if (word?.kind !== 'keyword' || !declaring.has(word.text)) return false;
    let to = this.#at;
    while (to < this.#words.length && !this.#endsName(to) && !this.language.keywords.has(this.#words[to]!)) to++;
    if (to === this.#at || spokenNumber(this.#words, this.#at)) return false;
    const words = this.#words.slice(this.#at, to);
    const style: Style = typeDeclaring.has(word.text) ? 'pascal' : styleOfLanguage(this.languageId);
    const known = words.length === 1 && this.vocabulary.has(this.raw[this.#at]!) ? this.raw[this.#at] : undefined;
    return this.#push(
      { text: known ?? formatted(withDigits(words), style), kind: 'name' },
      words.length,
      words.length > 1 ? 0.5 : 0,
    );
  }

  #singleName(): boolean {
    const raw = bareName(this.raw[this.#at]!);
    if (this.vocabulary.has(raw) && /[A-Z_]/.test(raw.slice(1)))
      return this.#push({ text: raw, kind: 'name', known: true }, 1, 1);
    const name = this.vocabulary.single(this.#words[this.#at]!, this.#expectsType());
    if (name === null) return false;
    return this.#push({ text: name, kind: 'name', known: true }, 1, 0.25);
  }

  /** Where a type or a member stands, a capital is likelier than where a variable does. */
  #expectsType(): boolean {
    const previous = this.#items.at(-1);
    if (previous && (['::', '->', ':'].includes(previous.text) || previous.kind === 'blockOpen')) return true;
    if (previous?.text === '.' && this.language.family === 'go') return true;
    if (!['java', 'c', 'go'].includes(this.language.family) || this.#at + 1 >= this.#words.length) return false;
    const next = this.#words[this.#at + 1]!;
    const plain = !this.#symbolAt(this.#at + 1) && !this.language.keywords.has(next) && next !== 'of';
    return awaitsOperand(previous) && plain && spokenNumber(this.#words, this.#at + 1) === null;
  }

  /** Words that mean nothing here but sound like an identifier of the file. */
  #alike(): boolean {
    if (this.language.family === 'prose' || this.language.family === 'json') return false;
    let most = 0;
    while (most < 3 && this.#isPlain(this.#at + most)) most++;
    const found = this.vocabulary.alike(this.#words, this.#at, most);
    if (!found) return false;
    this.#confidence *= found.likeness;
    return this.#push({ text: found.text, kind: 'name', known: true }, found.length, 0.5);
  }

  #isPlain(at: number): boolean {
    const word = this.#words[at];
    return (
      word !== undefined &&
      word !== 'of' &&
      !this.#endsName(at) &&
      !this.language.keywords.has(word) &&
      !spokenNumber(this.#words, at)
    );
  }

  /** Anything else: as it was said in strings and comments, in lower case in code unless its capitals are not those of a sentence. */
  #word(): void {
    const raw = this.raw[this.#at]!;
    const text = this.#comment || this.#quote !== null ? raw : bareName(raw);
    const code = /[a-z][A-Z]|_|\d/.test(text) ? text : this.#words[this.#at]!;
    const inText = this.#comment || (this.#quote !== null && this.#braces === 0);
    this.#push({ text: inText ? text : code, kind: inText ? 'text' : 'name' }, 1);
  }
}

function bareName(raw: string): string {
  return raw.replace(/^["'“(]+|["'”.,!?;:)]+$/g, '') || raw;
}

/** Symbols' names that are words in a string: "percent", "times", "not". */
function isProse(phrase: string): boolean {
  return /^(times|not|plus|minus|equals|percent|star|tab|pipe|modulo|mod|arrow|hash|bang|point)$/.test(phrase);
}

function formatterAt(words: readonly string[], at: number): { style: Style; length: number } | null {
  const found = formatterPhrases.find(([phrase]) => phrase.every((word, i) => words[at + i] === word));
  return found ? { style: found[1], length: found[0].length } : null;
}

/** "user two" → user2 in names. */
function withDigits(words: readonly string[]): string[] {
  const written: string[] = [];
  for (let i = 0; i < words.length;) {
    const number = spokenNumber(words, i);
    if (number && i > 0) written[written.length - 1] += number.text;
    else written.push(number?.text ?? words[i]!);
    i += number?.length ?? 1;
  }
  return written;
}
