/** The words of an utterance with what stands at a place: a symbol's name, a formatter, a number, or a plain word. */
import { formatterPhrases, type Style } from './formatters';
import type { Language } from './languages';
import { spokenNumber } from './numbers';
import { longestSymbol, type SpokenSymbol, type SymbolTable, symbolsOf } from './symbols';

export interface SymbolAt extends SpokenSymbol {
  readonly phrase: string;
  /** Words that it takes. */
  readonly length: number;
}

/** They end a name that is being spelled out, where they are keywords. */
const endingName = new Set(['struct', 'interface', 'extends', 'implements']);
const edges = /^["'“(]+|["'”.,!?;:)]+$/g;

export class SpokenWords {
  /** In lower case, without the punctuation around them. */
  readonly texts: readonly string[];
  readonly #symbols: SymbolTable;

  constructor(
    readonly raw: readonly string[],
    readonly language: Language,
    readonly languageId: string,
  ) {
    this.texts = raw.map((word) => bare(word).toLowerCase()).map(bracketHeard);
    this.#symbols = symbolsOf(language.family);
  }

  get length(): number {
    return this.texts.length;
  }

  text(at: number): string {
    return this.texts[at] ?? '';
  }

  /** As it was recognised, without the punctuation around it. */
  bareRaw(at: number): string {
    return bare(this.raw[at] ?? '');
  }

  isKeyword(at: number): boolean {
    return this.language.keywords.has(this.text(at));
  }

  symbol(at: number): SymbolAt | null {
    for (let length = Math.min(longestSymbol, this.length - at); length > 0; length--) {
      const phrase = this.texts.slice(at, at + length).join(' ');
      const symbol = this.#symbols.get(phrase) ?? this.#written(phrase);
      if (symbol) return { ...symbol, phrase, length };
    }
    return null;
  }

  formatter(at: number): { style: Style; length: number } | null {
    const found = formatterPhrases.find(([phrase]) => phrase.every((word, i) => this.texts[at + i] === word));
    return found ? { style: found[1], length: found[0].length } : null;
  }

  /** Whether a name that is being spelled out ends before this word. */
  endsName(at: number): boolean {
    if (endingName.has(this.text(at)) && this.isKeyword(at)) return true;
    return this.symbol(at) !== null || this.formatter(at) !== null;
  }

  /** A word that means nothing by itself. */
  isPlain(at: number): boolean {
    if (at >= this.length || this.text(at) === 'of' || this.isKeyword(at)) return false;
    return !this.endsName(at) && spokenNumber(this.texts, at) === null;
  }

  /** Symbols that the recogniser wrote itself. */
  #written(phrase: string): SpokenSymbol | undefined {
    if (!/^[^\p{L}\p{N}\s]{1,3}$/u.test(phrase)) return undefined;
    return [...this.#symbols.values()].find(({ text }) => text === phrase);
  }
}

/** What recognisers write for "paren", which is in no dictionary ("parent", "baron", "perin", "paranar"); only where a bracket must stand. */
const paren = /^[pbv](?:a|e|ai)r+[aeiou]n{1,2}(?:ar|[dt])?s?$/;

function bracketHeard(word: string, at: number, words: readonly string[]): string {
  return paren.test(word) && /^(open|close|closed|left|right)$/.test(words[at - 1] ?? '') ? 'paren' : word;
}

function bare(word: string): string {
  return word.replace(edges, '') || word;
}

/** "user two" → user2 in names. */
export function withDigits(words: readonly string[]): string[] {
  const written: string[] = [];
  for (let i = 0; i < words.length;) {
    const number = spokenNumber(words, i);
    if (number && i > 0) written[written.length - 1] += number.text;
    else written.push(number?.text ?? words[i]!);
    i += number?.length ?? 1;
  }
  return written;
}
