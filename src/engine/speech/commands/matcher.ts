/** Aligns a rule's sequences with what was said. Every liberty costs, so that the literal reading wins. */
import { spokenNumber } from '../dictation/numbers';
import { soundsLike } from '../dictation/similarity';
import { linesAt, type LineRange } from './lines';
import type { Sequence, SlotElement, SlotKind } from './pattern';
import type { Word } from './utterance';

export type Capture =
  | { readonly slot: SlotElement; readonly words: readonly Word[] }
  | { readonly slot: SlotElement; readonly lines: LineRange }
  | { readonly slot: SlotElement; readonly number: number };

export interface Alignment {
  readonly captures: readonly Capture[];
  readonly choices: Readonly<Record<string, string>>;
  /** What was heard differently from what the rule says. */
  readonly cost: number;
  /** Words of the rule itself that were said. */
  readonly literals: number;
}

const skippable = new Set([
  'the',
  'a',
  'an',
  'my',
  'me',
  'this',
  'that',
  'these',
  'those',
  'just',
  'some',
  'number',
  'up',
]);
const costs = { skip: 0.01, homophone: 0.02, alike: 0.12 };
const mostCost = 0.3;
const longestName = 8;

/** Words that recognisers write for one another. */
const homophones = new Map(
  [
    'right write rite',
    'to two too',
    'for four fore',
    'peek peak',
    'wrap rap',
    'accept except',
    'git get jet gid jid shit',
    'pane pain',
    'line lines',
    'word words',
    'cursor curser',
    'hide high',
    'by buy bye',
    'breakpoint breakpoints',
    'new knew',
    'send sent',
    'pin pen',
    'stash stache',
    'find fined',
    'replace replaced',
    'test tests',
    'import imports',
    'occurrences occurrence instances instance mentions mention',
    'every each',
  ].flatMap((group) => group.split(' ').map((word, _, all) => [word, all] as const)),
);

/** All ways in which the words fit the sequence. */
export function align(sequence: Sequence, words: readonly Word[]): Alignment[] {
  const { elements, choices } = sequence;
  const texts = words.map(({ text }) => text);
  const found: Alignment[] = [];
  const walk = (e: number, w: number, cost: number, literals: number, captures: readonly Capture[]): void => {
    if (cost > mostCost) return;
    if (e === elements.length && w === words.length) {
      found.push({ captures, choices, cost, literals });
      return;
    }
    if (w < words.length && skippable.has(texts[w]!) && elements[e] !== texts[w]) {
      walk(e, w + 1, cost + costs.skip, literals, captures);
    }
    const element = elements[e];
    if (element === undefined) return;
    if (typeof element === 'string') {
      const price = w < words.length ? wordCost(texts[w]!, element) : null;
      if (price !== null) walk(e + 1, w + 1, cost + price, literals + 1, captures);
      return;
    }
    for (const [capture, length] of slotAt(element, words, texts, w, elements.length - e - 1)) {
      walk(e + 1, w + length, cost, literals, [...captures, capture]);
    }
  };
  walk(0, 0, 0, 0, []);
  return found;
}

/** Whether a sequence that begins with this element may fit: most fail at their first word. */
export function mayBegin(first: string, words: readonly Word[]): boolean {
  for (const { text } of words) {
    if (wordCost(text, first) !== null) return true;
    if (!skippable.has(text)) return false;
  }
  return false;
}

/** The grammar has some 500 words, and an utterance a few: each pair is compared once. */
const priced = new Map<string, number | null>();
const mostPriced = 50_000;

function wordCost(heard: string, meant: string): number | null {
  if (heard === meant) return 0;
  const pair = `${heard} ${meant}`;
  let cost = priced.get(pair);
  if (cost === undefined) {
    if (priced.size >= mostPriced) priced.clear();
    cost = compared(heard, meant);
    priced.set(pair, cost);
  }
  return cost;
}

/** What a recogniser writes for noise, and between other words: no command is meant by it, whatever it sounds like. */
const smallWords = new Set([
  'and',
  'an',
  'i',
  'in',
  'it',
  'is',
  'oh',
  'so',
  'yeah',
  'you',
  'the',
  'a',
  'be',
  'we',
  'he',
]);

function compared(heard: string, meant: string): number | null {
  if (homophones.get(meant)?.includes(heard)) return costs.homophone;
  return !smallWords.has(heard) && soundsLike(heard, meant) ? costs.alike : null;
}

const freeSlots: readonly SlotKind[] = ['text', 'query', 'shell'];

function slotAt(
  slot: SlotElement,
  words: readonly Word[],
  texts: readonly string[],
  at: number,
  elementsAfter: number,
): (readonly [Capture, number])[] {
  if (slot.slot === 'number') {
    const number = spokenNumber(texts, at, true);
    return number && Number.isInteger(number.value) ? [[{ slot, number: number.value }, number.length]] : [];
  }
  if (slot.slot === 'line' || slot.slot === 'lines') {
    return linesAt(texts, at, slot.slot).map((lines) => [{ slot, lines }, lines.length] as const);
  }
  const most = words.length - at - elementsAfter;
  const longest = freeSlots.includes(slot.slot) ? most : Math.min(most, longestName);
  // What nothing follows takes all the rest.
  const shortest = elementsAfter === 0 ? Math.max(1, most) : 1;
  const lengths = Array.from({ length: Math.max(0, longest - shortest + 1) }, (_, i) => shortest + i);
  return lengths.map((length) => [{ slot, words: words.slice(at, at + length) }, length] as const);
}
