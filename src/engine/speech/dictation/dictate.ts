/** Recognised text → the text to insert at the cursor, by the document's language. */
import type { Identifier } from './identifiers';
import type { Item } from './item';
import { languageOf } from './languages';
import { withoutMishearings } from './misheard';
import { print } from './printer';
import { dictateProse } from './prose';
import { Scanner } from './scanner';
import { withClosedCalls, withTypeBrackets, withTypePaths } from './structure';
import { pathSegments, Vocabulary } from './vocabulary';

export interface DictationPlace {
  readonly languageId: string;
  /** The text before the cursor on its line. */
  readonly before?: string;
  readonly identifiers?: readonly Identifier[];
  /** The document, for the paths in its strings. */
  readonly text?: string;
}

export interface Dictated {
  readonly text: string;
  /** How much speaks for code: from 1 on it is likely. */
  readonly signs: number;
  readonly confidence: number;
  /** "scratch that" came last: nothing is left to insert. */
  readonly takenBack: boolean;
}

const takeBack = /\b(?:scratch|strike) that\b[.,!?]*/gi;

export function dictate(said: string, place: DictationPlace): Dictated {
  const parts = said.split(takeBack);
  const kept = (parts.at(-1) ?? '').trim();
  if (kept === '') return { text: '', signs: 0, confidence: 1, takenBack: parts.length > 1 };
  const heard = kept.split(/\s+/);
  const language = languageOf(place.languageId);
  const { before = '', identifiers = [] } = place;
  if (language.family === 'prose') {
    const text = dictateProse(heard, before, place.languageId === 'markdown');
    return { text, signs: 0, confidence: 1, takenBack: false };
  }
  const raw = withoutMishearings(heard, language.family);
  const vocabulary = new Vocabulary(identifiers, language, pathSegments(place.text ?? ''));
  const { items, signs, confidence } = new Scanner(raw, language, place.languageId, vocabulary).scan();
  const asType = (name: string) => vocabulary.single(name, true) ?? name;
  const structured = withClosedCalls(
    withTypePaths(withTypeBrackets(items, language.family, asType), language.family, asType),
  );
  const text = print(structured, language.family, before);
  return { text, signs, confidence: isOpen(structured) ? unclosed * confidence : confidence, takenBack: false };
}

/** A bracket that was opened and not closed may be meant so, or was misheard. */
const unclosed = 0.93;

const isOpen = (items: readonly Item[]): boolean =>
  items.reduce(
    (depth, { kind, text }) =>
      depth + (kind === 'open' && /[([]$/.test(text) ? 1 : 0) - (kind === 'close' && /^[)\]]/.test(text) ? 1 : 0),
    0,
  ) > 0;
