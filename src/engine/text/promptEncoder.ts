import { type BoundaryRule, chooseBoundaryRule, probe, splitAtBoundaries } from './boundaries';
import type { Tokenizer } from './tokenizer';

/** About 2 MB of text: several large documents' windows. */
const cachedParts = 50_000;

/**
 * Encodes texts that differ little from the last one: parts (about a line each) are tokenized once and remembered, so a
 * typed character costs the tokenization of its own line. The result is the tokenizer's own, whatever was seen before.
 */
export class PromptEncoder {
  readonly rule: BoundaryRule;
  /** How much code a token holds with this tokenizer: a constant of it, not of what was encoded. */
  readonly charactersPerToken: number;
  readonly #parts = new Map<string, readonly number[]>();

  constructor(readonly tokenizer: Tokenizer) {
    this.rule = chooseBoundaryRule((text) => tokenizer.encode(text));
    this.charactersPerToken = probe.length / tokenizer.encode(probe).length;
  }

  /** Token ids of a document's text; special tokens spelled in it stay text. */
  encode(text: string): number[] {
    const tokens: number[] = [];
    for (const part of splitAtBoundaries(text, this.rule)) for (const id of this.#encodePart(part)) tokens.push(id);
    return tokens;
  }

  /** Token ids of a rendered chat template, its markers included. */
  encodeTemplate(text: string): number[] {
    return this.tokenizer.encode(text, { markers: true });
  }

  #encodePart(part: string): readonly number[] {
    const known = this.#parts.get(part);
    if (known) return known;
    const tokens = this.tokenizer.encode(part);
    if (this.#parts.size >= cachedParts) this.#parts.clear();
    this.#parts.set(part, tokens);
    return tokens;
  }
}
