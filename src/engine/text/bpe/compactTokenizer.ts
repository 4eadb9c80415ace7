import type { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { markerGuardFor, splitAtGuard } from '../markerGuard';
import { tokenBytes, type VocabularyEncoding } from '../tokenBytes';
import type { AddedToken, Tokenizer, TokenizerJson } from '../tokenizerJson';
import { longestWord, mergeWord } from './mergeWord';
import { type BpeTables, idOf } from './tables';

const longestRemembered = 24;
const mostRemembered = 20_000;

/**
 * Byte-pair encoding over compact tables. Normalizing, splitting into words and finding added tokens are the library's,
 * built from the tokenizer.json without its vocabulary, so they stay right for every family.
 */
export class CompactTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly guard: (text: string) => string;
  readonly #special: ReadonlySet<number>;
  readonly #added: ReadonlyMap<string, number>;
  readonly #characters = new Map<string, number>();
  readonly #words = new Map<string, readonly number[]>();
  readonly #byteIds: readonly number[] | null;
  readonly #unknown: number | null;
  readonly #wholeWords: boolean;

  /** `library`: made of `skeleton`, without vocabulary; its model is replaced. */
  constructor(
    readonly library: LibraryTokenizer,
    readonly tables: BpeTables,
    skeleton: TokenizerJson,
    readonly encoding: VocabularyEncoding,
  ) {
    const added: readonly AddedToken[] = skeleton.added_tokens;
    const special = added.filter((token) => token.special);
    this.vocabularySize = tables.offsets.length - 1;
    this.#special = new Set(special.map(({ id }) => id));
    this.#added = new Map(added.map(({ content, id }) => [content, id]));
    this.guard = markerGuardFor(special.map(({ content }) => content));
    const { byte_fallback: byteFallback, unk_token: unknown, ignore_merges: wholeWords } = skeleton.model;
    this.#byteIds = byteFallback ? byteTokenIds(tables) : null;
    const unknownId = unknown == null ? -1 : idOf(tables, unknown);
    this.#unknown = unknownId < 0 ? null : unknownId;
    this.#wholeWords = wholeWords ?? false;
    // The library passes on what its model returns, so ids travel where spellings would.
    const model = (words: readonly string[]) => words.flatMap((word) => this.#encodeWord(word));
    library.model = model as unknown as typeof library.model;
  }

  encode(text: string, { markers = false } = {}): number[] {
    return splitAtGuard(markers ? text : this.guard(text)).flatMap((piece) => {
      const tokens: readonly (string | number)[] = this.library.tokenize(piece);
      return tokens.map((token) => (typeof token === 'number' ? token : this.#added.get(token)!));
    });
  }

  bytes(id: number): Uint8Array {
    const spelling = this.#special.has(id) ? undefined : this.spelling(id);
    return spelling === undefined ? new Uint8Array() : tokenBytes(spelling, this.encoding);
  }

  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  spelling(id: number): string | undefined {
    const { offsets, text } = this.tables;
    const [start, end] = [offsets[id], offsets[id + 1]];
    if (start === undefined || end === undefined || start === end) return undefined;
    return Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('utf8');
  }

  /** Words recur in code: the short ones are remembered. */
  #encodeWord(word: string): readonly number[] {
    const known = this.#words.get(word);
    if (known) return known;
    const ids = this.#mergeWord(word);
    if (word.length > longestRemembered) return ids;
    if (this.#words.size >= mostRemembered) this.#words.clear();
    this.#words.set(word, ids);
    return ids;
  }

  #mergeWord(word: string): readonly number[] {
    if (this.#wholeWords) {
      const id = idOf(this.tables, word);
      if (id >= 0) return [id];
    }
    const characters = Array.from(word);
    const result: number[] = [];
    for (let from = 0; from < characters.length; from += longestWord) {
      const part = characters.slice(from, from + longestWord);
      const merged = mergeWord(
        this.tables,
        Int32Array.from(part, (character) => this.#idOfCharacter(character)),
      );
      // Unknown characters never merge, so they come out in the order they went in.
      const unknown = part.filter((character) => this.#idOfCharacter(character) < 0)[Symbol.iterator]();
      for (const id of merged) {
        if (id >= 0) result.push(id);
        else result.push(...this.#fallback(unknown.next().value!));
      }
    }
    return result;
  }

  #idOfCharacter(character: string): number {
    let id = this.#characters.get(character);
    if (id === undefined) this.#characters.set(character, (id = idOf(this.tables, character)));
    return id;
  }

  /** A character that the vocabulary lacks: its bytes, or the unknown token, or nothing. */
  #fallback(character: string): readonly number[] {
    if (this.#byteIds) return Array.from(Buffer.from(character), (byte) => this.#byteIds![byte]!);
    return this.#unknown === null ? [] : [this.#unknown];
  }
}

/** Ids of `<0x00>` to `<0xFF>`, or null where one is missing. */
function byteTokenIds(tables: BpeTables): readonly number[] | null {
  const name = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
  const ids = Array.from({ length: 256 }, (_, byte) => idOf(tables, name(byte)));
  return ids.includes(-1) ? null : ids;
}
