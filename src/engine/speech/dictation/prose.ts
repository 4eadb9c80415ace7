/** Dictation into text for people: words as they were recognised, spoken punctuation, little else. */
import { formatted, formatterPhrases } from './formatters';
import { spokenNumber } from './numbers';
import { spelledAt } from './spelling';

interface Mark {
  readonly text: string;
  /** Space before and after it. */
  readonly before: boolean;
  readonly after: boolean;
  /** A sentence begins after it. */
  readonly ends?: boolean;
}

const mark = (text: string, before: boolean, after: boolean, ends = false): Mark => ({ text, before, after, ends });

const marks = new Map<string, Mark>(
  Object.entries({
    period: mark('.', false, true, true),
    'full stop': mark('.', false, true, true),
    comma: mark(',', false, true),
    'question mark': mark('?', false, true, true),
    'exclamation mark': mark('!', false, true, true),
    'exclamation point': mark('!', false, true, true),
    colon: mark(':', false, true),
    semicolon: mark(';', false, true),
    ellipsis: mark('…', false, true),
    'new line': mark('\n', false, false),
    newline: mark('\n', false, false),
    'new paragraph': mark('\n\n', false, false),
    'open paren': mark('(', true, false),
    'open parenthesis': mark('(', true, false),
    'close paren': mark(')', false, true),
    'close parenthesis': mark(')', false, true),
    'open quote': mark('“', true, false),
    'close quote': mark('”', false, true),
    'end quote': mark('”', false, true),
    hyphen: mark('-', false, false),
    slash: mark('/', false, false),
    'at sign': mark('@', false, false),
    tab: mark('\t', false, false),
  }),
);
/** Toggles: they open where they are even, close where they are odd. */
const pairs = new Map([
  ['backtick', '`'],
  ['back tick', '`'],
  ['quote', '"'],
  ['star star', '**'],
  ['double star', '**'],
]);

export function dictateProse(raw: readonly string[], before: string, markdown: boolean): string {
  const words = raw.map((word) => word.toLowerCase().replace(/[.,!?;:]+$/, ''));
  const writer = new Writer(before);
  const start = markdown && before.trim() === '' ? lineStart(words) : { text: '', length: 0 };
  writer.raw(start.text);
  for (let i = start.length; i < raw.length;) i += readAt(raw, words, i, writer);
  return writer.text;
}

/** Markdown's marks at a line's start: "hash hash", "dash". */
function lineStart(words: readonly string[]): { text: string; length: number } {
  let hashes = 0;
  while (/^(hash|hashtag)$/.test(words[hashes] ?? '')) hashes++;
  if (hashes > 0) return { text: `${'#'.repeat(hashes)} `, length: hashes };
  if (words.length > 1 && /^(dash|bullet)$/.test(words[0]!))
    return { text: '- ', length: words[0] === 'bullet' && words[1] === 'point' ? 2 : 1 };
  return { text: '', length: 0 };
}

function readAt(raw: readonly string[], words: readonly string[], at: number, writer: Writer): number {
  for (const length of [2, 1]) {
    const phrase = words.slice(at, at + length).join(' ');
    const found = marks.get(phrase);
    if (found && words.length >= at + length) {
      writer.mark(found);
      return length;
    }
    const pair = pairs.get(phrase);
    if (pair !== undefined) {
      writer.pair(pair);
      return length;
    }
  }
  const formatter = formatterPhrases.find(
    ([phrase]) => phrase.length > 1 && phrase.every((word, i) => words[at + i] === word),
  );
  if (formatter && at + formatter[0].length < words.length) {
    const [phrase, style] = formatter;
    let to = at + phrase.length;
    while (to < words.length && !marks.has(words[to]!) && !marks.has(`${words[to]} ${words[to + 1]}`)) to++;
    writer.word(formatted(words.slice(at + phrase.length, to), style));
    return to - at;
  }
  if (words[at] === 'spell') {
    const { text, length } = spelledAt(words, at + 1);
    if (length > 1) {
      writer.word(text);
      return length + 1;
    }
  }
  // "two point five" and "twenty three" are figures; "three files" stays.
  const number = spokenNumber(words, at);
  if (number && number.length > 1) {
    writer.word(number.text);
    return number.length;
  }
  writer.word(raw[at]!);
  return 1;
}

class Writer {
  text = '';
  #space: boolean;
  #capital = false;
  readonly #open = new Set<string>();

  constructor(before: string) {
    this.#space = before !== '' && !/[\s([{"'`“]$/.test(before);
  }

  raw(text: string): void {
    if (text === '') return;
    this.text += text;
    this.#space = false;
  }

  word(text: string): void {
    const cased = this.#capital ? text.charAt(0).toUpperCase() + text.slice(1) : text;
    this.text += (this.#space ? ' ' : '') + cased;
    this.#space = true;
    this.#capital = false;
  }

  mark({ text, before, after, ends }: Mark): void {
    this.text += (before && this.#space ? ' ' : '') + text;
    this.#space = after;
    this.#capital = ends === true;
  }

  pair(text: string): void {
    if (this.#open.delete(text)) {
      this.text += text;
      this.#space = true;
      return;
    }
    this.#open.add(text);
    this.text += (this.#space ? ' ' : '') + text;
    this.#space = false;
  }
}
