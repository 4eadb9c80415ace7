/** What may stand at a place in code outside strings and comments, one function a kind: each reads an item or answers null. */
import { formatted, styleOfLanguage } from './formatters';
import { awaitsOperand, type Item } from './item';
import { spokenNumber } from './numbers';
import { spelledAt } from './spelling';
import { type SpokenWords, withDigits } from './spokenWords';
import type { Vocabulary } from './vocabulary';

export interface Place {
  readonly words: SpokenWords;
  readonly at: number;
  /** What was read so far. */
  readonly items: readonly Item[];
  readonly vocabulary: Vocabulary;
}

export interface Reading {
  readonly item: Item;
  /** Words that it takes. */
  readonly length: number;
  /** How much it speaks for code. */
  readonly signs: number;
  /** Where it is a guess: how good a one. */
  readonly likeness?: number;
  /** The item replaces the one before. */
  readonly joins?: boolean;
}

export type Reader = (place: Place) => Reading | null;

const declaring = new Set(
  'def class function func fn const let var val interface struct enum trait type mut new macro'.split(' '),
);
const declaringTypes = new Set('class interface struct enum trait type new'.split(' '));

const name = (text: string, length: number, signs: number, known = false): Reading => ({
  item: { text, kind: 'name', ...(known ? { known } : {}) },
  length,
  signs,
});

const spelling: Reader = ({ words, at }) => {
  if (words.text(at) !== 'spell') return null;
  const { text, length } = spelledAt(words.texts, at + 1);
  return length > 0 ? name(text, length + 1, 1) : null;
};

/** "camel case …", up to the next symbol or formatter. */
export const formatter: Reader = ({ words, at, items, vocabulary }) => {
  const found = words.formatter(at);
  if (!found) return null;
  const from = at + found.length;
  let to = from;
  while (to < words.length && !words.endsName(to) && !(to > from && isJoining(words, to, items))) to++;
  if (to === from) return null;
  const written = formatted(withDigits(words.texts.slice(from, to)), found.style);
  return name(vocabulary.asThere(written), to - at, 1);
};

/** Keywords that go on after a name, by what came before them: names have such words too ("search and replace"). */
const joining: readonly (readonly [after: RegExp, words: RegExp])[] = [
  [/^for$/, /^(in|of)$/],
  [/^(import|export|from|with|except|use)$/, /^(as|from|import)$/],
];
const operators = /^(and|or|is|in|not|if|else|instanceof|as)$/;

function isJoining(words: SpokenWords, at: number, items: readonly Item[]): boolean {
  if (!words.isKeyword(at)) return false;
  const follows = joining.some(
    ([after, next]) =>
      next.test(words.text(at)) && items.some(({ kind, text }) => kind === 'keyword' && after.test(text)),
  );
  if (follows) return true;
  const isOperand = words.formatter(at + 1) !== null || /^(not|none|null|true|false|nil)$/.test(words.text(at + 1));
  return operators.test(words.text(at)) && isOperand;
}

/** f"…" in Python. */
const stringPrefix: Reader = ({ words, at }) => {
  const isPrefix = words.language.family === 'python' && /^[frb]$/.test(words.text(at));
  if (!isPrefix || words.symbol(at + 1)?.spacing !== 'string') return null;
  return { item: { text: words.text(at), kind: 'prefix' }, length: 1, signs: 0 };
};

/** A shell's commands and flags are spoken letter by letter: "l s dash l a". */
const letters: Reader = ({ words, at }) => {
  let to = at;
  while (/^[a-z]$/.test(words.text(to))) to++;
  const isShell = words.language.family === 'shell';
  return isShell && to - at > 1 ? name(words.texts.slice(at, to).join(''), to - at, 0.5) : null;
};

const severalWords: Reader = ({ words, at, vocabulary }) => {
  if (words.language.family === 'json') return null;
  const found = vocabulary.several(words.texts, at, declaringTypes.has(words.text(at - 1)));
  return found && name(found.text, found.length, 1, true);
};

const decorator: Reader = ({ words, at, items }) => {
  const hasDecorators = ['python', 'script', 'java'].includes(words.language.family);
  if (words.text(at) !== 'at' || items.length > 0 || words.length < 2 || !hasDecorators) return null;
  return { item: { text: '@', kind: 'prefix' }, length: 1, signs: 0.5 };
};

const number: Reader = ({ words, at, items }) => {
  const found = spokenNumber(words.texts, at);
  if (!found) return null;
  const previous = items.at(-1);
  // u32, i64, f32
  if (/^(8|16|32|64|128)$/.test(found.text) && previous?.kind === 'name' && /^[uif]$/.test(previous.text)) {
    return { ...name(previous.text + found.text, found.length, 0.5), joins: true };
  }
  return name(found.text, found.length, 0.25);
};

/** "fibonacci of n": a call; its bracket is closed afterwards. */
const call: Reader = ({ words, at, items }) => {
  const isCall = words.text(at) === 'of' && items.at(-1)?.known && !items.some(({ text }) => text === 'for');
  return isCall ? { item: { text: '(', kind: 'open', implied: true }, length: 1, signs: 0.5 } : null;
};

/** Keywords with which people also begin to ask for something: "get rid of …", "move …". */
const verbs = new Set('get set of use move go select switch delete match try do with default is as range'.split(' '));

const keyword: Reader = ({ words, at, items }) => {
  const { keywords, spellings } = words.language;
  for (const length of [2, 1]) {
    const phrase = words.texts.slice(at, at + length).join(' ');
    const text = spellings.get(phrase) ?? (keywords.has(phrase) ? phrase : undefined);
    if (text === undefined) continue;
    const signs = verbs.has(phrase) ? 0 : items.length === 0 ? 1 : 0.25;
    const isMember = ['.', '?.', '->'].includes(items.at(-1)?.text ?? '') && items.at(-1)?.kind === 'tight';
    return { item: { text, kind: keywords.has(text) && !isMember ? 'keyword' : 'name' }, length, signs };
  }
  return null;
};

/** What follows `def` or `const` is one name, however many words it has. */
const declared: Reader = ({ words, at, items, vocabulary }) => {
  const word = items.at(-1);
  if (word?.kind !== 'keyword' || !declaring.has(word.text) || spokenNumber(words.texts, at)) return null;
  let to = at;
  while (to < words.length && !words.endsName(to) && !words.isKeyword(to)) to++;
  if (to === at) return null;
  const raw = words.bareRaw(at);
  if (to === at + 1 && vocabulary.has(raw)) return name(raw, 1, 0);
  const style = declaringTypes.has(word.text) ? 'pascal' : styleOfLanguage(words.languageId);
  return name(formatted(withDigits(words.texts.slice(at, to)), style), to - at, to > at + 1 ? 0.5 : 0);
};

const singleName: Reader = (place) => {
  const { words, at, vocabulary } = place;
  const raw = words.bareRaw(at);
  if (vocabulary.has(raw) && /[A-Z_]/.test(raw.slice(1))) return name(raw, 1, 1, true);
  const found = vocabulary.single(words.text(at), expectsType(place));
  return found === null ? null : name(found, 1, 0.25, true);
};

/** Where a type or a member stands, a capital is likelier than where a variable does. */
function expectsType({ words, at, items }: Place): boolean {
  const previous = items.at(-1);
  const { family } = words.language;
  if (previous && (['::', '->', ':'].includes(previous.text) || previous.kind === 'blockOpen')) return true;
  if (previous?.text === '.') return family === 'go';
  return ['java', 'c', 'go'].includes(family) && awaitsOperand(previous) && beginsName(words, at + 1);
}

/** A formatter or a plain word: `Order camel new order`, `Order order`. */
function beginsName(words: SpokenWords, at: number): boolean {
  return words.formatter(at) !== null || words.isPlain(at);
}

const mostHeard = 3;

/** Words that mean nothing here but sound like an identifier of the file. */
const alike: Reader = ({ words, at, vocabulary }) => {
  if (words.language.family === 'json') return null;
  const isKnown = (i: number) => vocabulary.has(words.text(i)) || vocabulary.several(words.texts, i) !== null;
  let most = 0;
  while (most < mostHeard && words.isPlain(at + most) && !(most > 0 && isKnown(at + most))) most++;
  const found = vocabulary.alike(words.texts, at, most);
  return found && { ...name(found.text, found.length, 0.5, true), likeness: found.likeness };
};

/** Before symbols: what has a symbol's name within it ("dot product" in a file with dotProduct). */
export const beforeSymbols: readonly Reader[] = [spelling, formatter, stringPrefix, letters, severalWords, decorator];
export const afterSymbols: readonly Reader[] = [number, call, keyword, declared, singleName, alike];
