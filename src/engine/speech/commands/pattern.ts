/**
 * The grammar's notation, compiled: words, `[optional]`, `(one|other)`, slots `<line>`, and choices that keep what was said
 * `{to:up|down}`. A pattern stands for all its sequences without brackets.
 */
import { invalidPhrase } from './errors';

export const slotKinds = [
  'number', // "twelve"
  'line', // "line twelve", one of the open file's
  'lines', // "lines three to five", or one line
  'symbol', // an identifier of the open file
  'file', // a file of the workspace
  'text', // any words, as they were said
  'query', // any words; identifiers of the open file are spelled as there
  'name', // a new identifier
  'shell', // dictated for a shell
  'branch', // a branch's name
] as const;
export type SlotKind = (typeof slotKinds)[number];

export interface SlotElement {
  readonly slot: SlotKind;
  /** What the arguments call it: `<text:find>` is `$find`; the kind itself where no name is given. */
  readonly name: string;
}
export type PatternElement = string | SlotElement;

export interface Sequence {
  readonly elements: readonly PatternElement[];
  /** Of choices: name → the alternative that this sequence has. */
  readonly choices: Readonly<Record<string, string>>;
}

const mostSequences = 4096;
const token = /\s*(?:([[\](){}|])|<([a-z]+)(?::([a-zA-Z]+))?>|([a-zA-Z]+):|([^\s[\](){}|<>:]+))/y;

type Token =
  | { readonly mark: string }
  | { readonly slot: string; readonly name: string }
  | { readonly label: string }
  | { readonly word: string };

/** @throws invalid_argument that says what is wrong with the pattern */
export function compilePattern(pattern: string): Sequence[] {
  const tokens = tokenize(pattern);
  const parser = new Parser(pattern, tokens);
  const sequences = parser.alternatives();
  if (!parser.atEnd) throw invalidPhrase(pattern, 'a bracket is closed that was not opened');
  if (sequences.some(({ elements }) => elements.length === 0)) throw invalidPhrase(pattern, 'it would fit silence');
  return sequences;
}

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  const end = pattern.trimEnd().length;
  token.lastIndex = 0;
  while (token.lastIndex < end) {
    const match = token.exec(pattern);
    if (!match) throw invalidPhrase(pattern, 'it has a character that means nothing here');
    const [, mark, slot, name, label, word] = match;
    if (mark !== undefined) tokens.push({ mark });
    else if (slot !== undefined) tokens.push({ slot, name: name ?? slot });
    else if (label !== undefined) tokens.push({ label });
    else tokens.push({ word: word!.toLowerCase() });
  }
  return tokens;
}

class Parser {
  #at = 0;

  constructor(
    readonly pattern: string,
    readonly tokens: readonly Token[],
  ) {}

  get atEnd(): boolean {
    return this.#at >= this.tokens.length;
  }

  alternatives(): Sequence[] {
    const all = [...this.#sequence()];
    while (this.#accept('|')) all.push(...this.#sequence());
    return all;
  }

  #sequence(): Sequence[] {
    let sequences: Sequence[] = [{ elements: [], choices: {} }];
    for (let next = this.#item(); next; next = this.#item()) {
      const items = next;
      sequences = sequences.flatMap((head) => items.map((tail) => joined(head, tail)));
      if (sequences.length > mostSequences) throw invalidPhrase(this.pattern, 'it has too many variants');
    }
    return sequences;
  }

  #item(): Sequence[] | null {
    const next = this.tokens[this.#at];
    if (!next || ('mark' in next && ['|', ']', ')', '}'].includes(next.mark))) return null;
    this.#at++;
    if ('word' in next) return [{ elements: [next.word], choices: {} }];
    if ('slot' in next) return [{ elements: [this.#slot(next.slot, next.name)], choices: {} }];
    if ('label' in next) throw invalidPhrase(this.pattern, `\`${next.label}:\` may only begin a choice in braces`);
    if (next.mark === '{') return this.#choice();
    const inside = this.alternatives();
    this.#expect(next.mark === '[' ? ']' : ')');
    return next.mark === '[' ? [...inside, { elements: [], choices: {} }] : inside;
  }

  #slot(kind: string, name: string): SlotElement {
    if (!(slotKinds as readonly string[]).includes(kind)) {
      throw invalidPhrase(this.pattern, `\`<${kind}>\` is no slot; there are ${slotKinds.join(', ')}`);
    }
    return { slot: kind as SlotKind, name };
  }

  #choice(): Sequence[] {
    const label = this.tokens[this.#at++];
    if (!label || !('label' in label)) throw invalidPhrase(this.pattern, 'a choice in braces begins with its name');
    const options = this.alternatives();
    this.#expect('}');
    return options.map(({ elements }) => ({ elements, choices: { [label.label]: elements.join(' ') } }));
  }

  #accept(mark: string): boolean {
    const next = this.tokens[this.#at];
    if (!next || !('mark' in next) || next.mark !== mark) return false;
    this.#at++;
    return true;
  }

  #expect(mark: string): void {
    if (!this.#accept(mark)) throw invalidPhrase(this.pattern, `\`${mark}\` is missing`);
  }
}

function joined(head: Sequence, tail: Sequence): Sequence {
  return { elements: [...head.elements, ...tail.elements], choices: { ...head.choices, ...tail.choices } };
}
