/** The words that a recogniser should expect: a document's identifiers as a prompt for Whisper. */
import type { SpokenDocument } from '../../../protocol';
import { type Identifier, identifiersOf } from './identifiers';

export interface BiasOptions {
  /** Whisper keeps half of its 448 positions for the prompt; 200 leaves room for its frame. */
  readonly maxTokens?: number;
  /** The recogniser's own tokenizer; without it a token is taken to be two letters long, which is on the safe side. */
  readonly countTokens?: (text: string) => number;
}

/** Characters after which a use of an identifier tells half as much about what is said next. */
const halfDistance = 1500;
const shortest = 3;

/** Identifiers by nearness to the cursor and frequency, likeliest last: a decoder heeds most what is nearest to its own text. */
export function biasPrompt(
  document: SpokenDocument,
  { maxTokens = 200, countTokens = roughly }: BiasOptions = {},
): string {
  const chosen: string[] = [];
  let tokens = 0;
  for (const name of biasTerms(document)) {
    tokens += countTokens(`${name}, `);
    if (tokens > maxTokens) break;
    chosen.unshift(name);
  }
  return chosen.join(', ');
}

/** All of them, likeliest first. */
export function biasTerms(document: SpokenDocument): string[] {
  const offset = document.offset ?? document.text.length;
  const weight = ({ offsets }: Identifier) =>
    offsets.reduce((sum, at) => sum + halfDistance / (halfDistance + Math.abs(at - offset)), 0);
  return identifiersOf(document.text, document.languageId)
    .filter(({ name }) => name.length >= shortest)
    .map((identifier) => ({ name: identifier.name, weight: weight(identifier) * (isUnusual(identifier.name) ? 2 : 1) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ name }) => name);
}

/** A recogniser writes plain words rightly by itself. */
function isUnusual(name: string): boolean {
  return /[a-z][A-Z]|_|\d/.test(name);
}

function roughly(text: string): number {
  return Math.ceil(text.length / 2);
}
