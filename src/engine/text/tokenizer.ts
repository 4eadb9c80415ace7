import type { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { readFile } from 'node:fs/promises';
import { tokenizerInvalid } from '../models/errors';
import { tokenBytes, type VocabularyEncoding, vocabularyEncoding } from './tokenBytes';

/** What the engine asks of a tokenizer, whoever wrote it. */
export interface Tokenizer {
  /** Highest token id + 1. */
  readonly vocabularySize: number;
  /**
   * Token ids of a text, with no marker added. `markers: false` (documents, messages): a special token's spelling is
   * ordinary text; `markers: true` (a rendered chat template): it is the token.
   */
  encode(text: string, options?: { markers?: boolean }): number[];
  /** A text in which no special token is spelled any more, for use in what is encoded with `markers: true`. */
  guard(text: string): string;
  /** The bytes a token stands for; none for a special token, which is never shown. */
  bytes(id: number): Uint8Array;
  isSpecial(id: number): boolean;
  /** A token's spelling in the vocabulary, e.g. '<bos>'; undefined where there is no such id. */
  spelling(id: number): string | undefined;
}

/** Splits a special token's spelling inside documents; a private-use character that tokenizers have no entry for. */
export const markerGuard = '\uF8FE';

interface TokenizerJson {
  readonly decoder: Parameters<typeof vocabularyEncoding>[0];
  readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
}

/** @throws tokenizer_invalid */
export async function loadTokenizer(path: string): Promise<Tokenizer> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw tokenizerInvalid(path, 'it cannot be read', cause);
  });
  const library = await import('@huggingface/tokenizers');
  try {
    const json = JSON.parse(text) as TokenizerJson;
    const encoding = vocabularyEncoding(json.decoder);
    if (encoding === null) throw new Error(`its decoder "${json.decoder?.type}" is not supported`);
    return new LibraryBackedTokenizer(new library.Tokenizer(json, {}), json.added_tokens, encoding);
  } catch (cause) {
    throw tokenizerInvalid(path, cause instanceof SyntaxError ? 'it is not JSON' : (cause as Error).message, cause);
  }
}

class LibraryBackedTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly #special: ReadonlySet<number>;
  readonly guard: (text: string) => string;

  constructor(
    readonly library: LibraryTokenizer,
    added: TokenizerJson['added_tokens'],
    readonly encoding: VocabularyEncoding,
  ) {
    const special = added.filter((token) => token.special);
    this.#special = new Set(special.map(({ id }) => id));
    this.guard = markerGuardFor(special.map(({ content }) => content));
    this.vocabularySize = (library.model as unknown as { vocab: string[] }).vocab.length;
  }

  encode(text: string, { markers = false } = {}): number[] {
    const pieces = (markers ? text : this.guard(text)).split(markerGuard);
    return pieces.flatMap((piece) =>
      piece === '' ? [] : this.library.encode(piece, { add_special_tokens: false }).ids,
    );
  }

  bytes(id: number): Uint8Array {
    const token = this.#special.has(id) ? undefined : this.library.id_to_token(id);
    return token === undefined ? new Uint8Array() : tokenBytes(token, this.encoding);
  }

  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  spelling(id: number): string | undefined {
    return this.library.id_to_token(id);
  }
}

/** A function that breaks every special token's spelling in two with the guard character. */
export function markerGuardFor(spellings: readonly string[]): (text: string) => string {
  const byLength = spellings.filter((spelling) => spelling.length > 1).sort((a, b) => b.length - a.length);
  if (byLength.length === 0) return (text) => text;
  const escaped = byLength.map((spelling) => spelling.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(escaped.join('|'), 'g');
  const firsts = new Set(byLength.map((spelling) => spelling[0]!));
  const mayMatch = new RegExp(
    `[${[...firsts].map((first) => `\\u{${first.codePointAt(0)!.toString(16)}}`).join('')}]`,
    'u',
  );
  const broken = (spelling: string) => `${spelling.slice(0, 1)}${markerGuard}${spelling.slice(1)}`;
  return (text) => (mayMatch.test(text) ? text.replace(pattern, broken) : text);
}
