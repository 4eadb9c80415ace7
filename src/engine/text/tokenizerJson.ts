import type { vocabularyEncoding } from './tokenBytes';

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

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

/** The parts of a tokenizer.json that we read ourselves; the library reads the rest. */
export interface TokenizerJson {
  readonly decoder: Parameters<typeof vocabularyEncoding>[0];
  readonly added_tokens: readonly AddedToken[];
  readonly model: {
    readonly type?: string;
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges?: readonly (string | readonly [string, string])[];
    readonly unk_token?: string | null;
    readonly byte_fallback?: boolean;
    readonly ignore_merges?: boolean;
    readonly continuing_subword_prefix?: string | null;
    readonly end_of_word_suffix?: string | null;
  };
}
