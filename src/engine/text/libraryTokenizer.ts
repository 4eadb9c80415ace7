import type { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { markerGuardFor, splitAtGuard } from './markerGuard';
import { tokenBytes, type VocabularyEncoding } from './tokenBytes';
import type { AddedToken, Tokenizer } from './tokenizerJson';

/** For models that are no byte-pair encoding (Unigram): the library does everything. */
export class LibraryTokenizer implements Tokenizer {
  readonly vocabularySize: number;
  readonly guard: (text: string) => string;
  readonly #special: ReadonlySet<number>;

  constructor(
    readonly library: HuggingFaceTokenizer,
    added: readonly AddedToken[],
    readonly encoding: VocabularyEncoding,
  ) {
    const special = added.filter((token) => token.special);
    this.#special = new Set(special.map(({ id }) => id));
    this.guard = markerGuardFor(special.map(({ content }) => content));
    this.vocabularySize = (library.model as unknown as { vocab: string[] }).vocab.length;
  }

  encode(text: string, { markers = false } = {}): number[] {
    const pieces = splitAtGuard(markers ? text : this.guard(text));
    return pieces.flatMap((piece) => this.library.encode(piece, { add_special_tokens: false }).ids);
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
