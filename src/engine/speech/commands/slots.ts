/** Slots against what is really there: symbols of the open file, files of the workspace, lines. */
import type { NothingReason, SpokenTarget } from '../../../protocol';
import { dictate } from '../dictation/dictate';
import { type Style, formatted, styleOf, styleOfLanguage } from '../dictation/formatters';
import { type Identifier, keyOf } from '../dictation/identifiers';
import { similarity } from '../dictation/similarity';
import type { SpeechContext } from './context';
import { mostKeys, spokenFileKey } from './fileNames';
import type { Capture } from './matcher';

export interface SlotReading {
  readonly name: string;
  readonly value: unknown;
  readonly target?: SpokenTarget;
  /** Of the reading: 0 where it is exact. */
  readonly cost: number;
  /** Only for ranking: free text fits everything. */
  readonly breadth: number;
}

export type SlotResult =
  { readonly readings: readonly SlotReading[] } | { readonly reason: NothingReason; readonly detail: string };

/** `sure`: the rule's own words say what is meant, so less likeness is asked for. */
export function readSlot(capture: Capture, context: SpeechContext, sure: boolean): SlotResult {
  const { slot } = capture;
  if ('number' in capture) return one(slot.name, capture.number);
  if ('lines' in capture) return readLines(slot.name, capture.lines, context);
  const { words } = capture;
  const raw = words.map((word) => word.raw);
  if (slot.slot === 'symbol') return readSymbol(slot.name, raw, context, sure);
  if (slot.slot === 'file')
    return readFile(
      slot.name,
      words.map(({ text }) => text),
      context,
      sure,
    );
  if (slot.slot === 'branch')
    return one(
      slot.name,
      raw
        .join('-')
        .toLowerCase()
        .replace(/-?(slash)-?/g, '/'),
    );
  if (slot.slot === 'name') return one(slot.name, raw.join(' '));
  const breadth = 0.05 + 0.01 * words.length;
  if (slot.slot === 'shell') return one(slot.name, dictate(raw.join(' '), { languageId: 'shellscript' }).text, breadth);
  if (slot.slot === 'query') return one(slot.name, spelledAsThere(withoutTitleCase(raw), context.identifiers), breadth);
  return one(slot.name, raw.join(' '), breadth);
}

function one(name: string, value: unknown, breadth = 0): SlotResult {
  return { readings: [{ name, value, cost: 0, breadth }] };
}

function readLines(name: string, { from, to }: { from: number; to: number }, context: SpeechContext): SlotResult {
  if (!context.document) return { reason: 'no_document', detail: 'No file is open.' };
  if (from < 1 || to > context.lineCount) {
    return { reason: 'line_out_of_range', detail: `The file has lines 1 to ${context.lineCount}.` };
  }
  return { readings: [{ name, value: from, target: { kind: 'lines', from, to }, cost: 0, breadth: 0 }] };
}

function readSymbol(name: string, raw: readonly string[], context: SpeechContext, sure: boolean): SlotResult {
  if (!context.document) return { reason: 'no_document', detail: 'No file is open.' };
  const key = keyOf(raw.join(''));
  const exact = context.identifiers.filter((identifier) => identifier.key === key);
  if (exact.length > 0) return symbolReadings(name, preferred(exact, raw.join('')), 0, context);
  const near = nearest(key, context.identifiers, ({ key }) => [key], sure ? 0.66 : 0.8);
  if (near.length > 0)
    return symbolReadings(
      name,
      near.map(({ item }) => item),
      0.7 * (1 - near[0]!.likeness),
      context,
    );
  return { reason: 'unknown_symbol', detail: `The open file has no symbol that sounds like “${raw.join(' ')}”.` };
}

function symbolReadings(name: string, found: readonly Identifier[], cost: number, context: SpeechContext): SlotResult {
  const readings = found.map((identifier) => {
    const offset = identifier.declaredAt ?? identifier.offsets[0]!;
    const target: SpokenTarget = { kind: 'symbol', name: identifier.name, offset };
    return { name, value: identifier.name, target, cost, breadth: 0.01 };
  });
  return context.document ? { readings } : { reason: 'no_document', detail: 'No file is open.' };
}

/** The very spelling if the recogniser wrote it; else declarations, if there are any. */
function preferred(found: readonly Identifier[], spelled: string): readonly Identifier[] {
  const same = found.filter(({ name }) => name === spelled && /[A-Z_]/.test(name));
  if (same.length > 0) return same;
  const declared = found.filter(({ declaredAt }) => declaredAt !== null);
  return declared.length > 0 ? declared : found;
}

function readFile(name: string, texts: readonly string[], context: SpeechContext, sure: boolean): SlotResult {
  const key = spokenFileKey(texts);
  const unknown = {
    reason: 'unknown_file' as const,
    detail: `The workspace has no file that sounds like “${texts.join(' ')}”.`,
  };
  if (key === '') return unknown;
  for (let rank = 0; rank < mostKeys; rank++) {
    const exact = context.files.filter(({ keys }) => keys[rank] === key);
    if (exact.length > 0)
      return fileReadings(
        name,
        exact.map(({ path }) => path),
        0,
      );
  }
  const near = nearest(key, context.files, ({ keys }) => keys, sure ? 0.72 : 0.82);
  if (near.length > 0)
    return fileReadings(
      name,
      near.map(({ item }) => item.path),
      0.7 * (1 - near[0]!.likeness),
    );
  return unknown;
}

function fileReadings(name: string, paths: readonly string[], cost: number): SlotResult {
  return { readings: paths.slice(0, 5).map((value) => ({ name, value, cost, breadth: 0.02 })) };
}

/** The items most alike `key`, and those that come within a hair. */
function nearest<T>(key: string, items: readonly T[], keysOf: (item: T) => readonly string[], least: number) {
  const rated = items
    .map((item) => ({ item, likeness: Math.max(0, ...keysOf(item).map((other) => similarity(key, other, least))) }))
    .filter(({ likeness }) => likeness >= least)
    .sort((a, b) => b.likeness - a.likeness);
  return rated.filter(({ likeness }) => likeness > rated[0]!.likeness - 0.03).slice(0, 5);
}

/** "Replace Foo with Bar": capitals that recognisers give to every word of a short utterance are not the speaker's. */
const withoutTitleCase = (raw: readonly string[]): readonly string[] =>
  raw.every((word) => /^\p{Lu}\p{Ll}+$/u.test(word)) ? raw.map((word) => word.toLowerCase()) : raw;

/** Words that together are an identifier of the file, as it is spelled there; all else as it was said. */
export function spelledAsThere(raw: readonly string[], identifiers: readonly Identifier[]): string {
  if (raw.length < 2) return raw.join(' ');
  const key = keyOf(raw.join(''));
  return identifiers.find((identifier) => identifier.key === key)?.name ?? raw.join(' ');
}

/** A new name in the style of the one it replaces, or in the language's. */
export function newName(said: string, replaced: string | undefined, languageId: string | undefined): string {
  const style: Style = replaced === undefined ? styleOfLanguage(languageId) : styleOf(replaced, languageId);
  return formatted(said.split(' '), style);
}
