/** The grammar against one utterance: every rule that fits, best first, and why the near ones do not. */
import type { NothingReason, SpokenCommand, SpokenTarget } from '../../../protocol';
import { filledIn, type SlotValues, uses } from './arguments';
import type { SpeechContext } from './context';
import { type Alignment, align, type Capture, mayBegin } from './matcher';
import type { Sequence } from './pattern';
import type { CompiledRule } from './rule';
import { newName, readSlot, type SlotReading, type SlotResult } from './slots';
import { titleOf } from './titles';
import type { Word } from './utterance';

export interface GrammarMatch {
  readonly command: SpokenCommand;
  /** Lower is better: liberties taken and breadth of slots, less what the rule's own words explain. */
  readonly rank: number;
  /** A slot took any words: in the chat box that is no reason to take a command for one. */
  readonly freeText: boolean;
  readonly rule: CompiledRule;
}

export interface GrammarFailure {
  readonly reason: NothingReason;
  readonly detail: string;
  readonly literals: number;
}

export interface GrammarResult {
  readonly matches: readonly GrammarMatch[];
  readonly failure: GrammarFailure | null;
}

const perLiteral = 0.03;
/** Between equals, the rule that is for this place only. */
const forThisPlace = 0.005;
const mostReadings = 16;

export function matchGrammar(
  words: readonly Word[],
  context: SpeechContext,
  rules: readonly CompiledRule[],
): GrammarResult {
  const matches: GrammarMatch[] = [];
  const read = remembered(context);
  let failure: GrammarFailure | null = null;
  for (const { rule, sequence } of candidates(rules, words)) {
    if (rule.only && !rule.only.includes(context.focus)) continue;
    for (const alignment of align(sequence, words)) {
      const result = readAlignment(alignment, rule, context, read);
      if (Array.isArray(result)) matches.push(...result);
      else if (result.literals > (failure?.literals ?? 0)) failure = result;
    }
  }
  // Between equals the rule that stands first wins.
  matches.sort((a, b) => a.rank - b.rank || rules.indexOf(a.rule) - rules.indexOf(b.rule));
  return { matches: withoutDoubles(matches), failure };
}

interface Candidate {
  readonly rule: CompiledRule;
  readonly sequence: Sequence;
}

const indexes = new WeakMap<readonly CompiledRule[], Map<string, Candidate[]>>();

/** The sequences that may fit, found by their first word: a twentieth of all. */
function candidates(rules: readonly CompiledRule[], words: readonly Word[]): Candidate[] {
  const index = indexes.get(rules) ?? indexOf(rules);
  indexes.set(rules, index);
  return [...index].flatMap(([first, found]) => (first === '' || mayBegin(first, words) ? found : []));
}

/** Sequences by their first word; '' for those that begin with a slot. */
function indexOf(rules: readonly CompiledRule[]): Map<string, Candidate[]> {
  const index = new Map<string, Candidate[]>();
  for (const rule of rules) {
    for (const sequence of rule.sequences) {
      const [first] = sequence.elements;
      const key = typeof first === 'string' ? first : '';
      const found = index.get(key) ?? [];
      found.push({ rule, sequence });
      index.set(key, found);
    }
  }
  return index;
}

type ReadSlot = (capture: Capture, sure: boolean) => SlotResult;

/** Many sequences ask for the same words in the same slot. */
function remembered(context: SpeechContext): ReadSlot {
  const known = new Map<string, SlotResult>();
  return (capture, sure) => {
    if (!('words' in capture)) return readSlot(capture, context, sure);
    const { slot, words } = capture;
    const key = `${slot.slot} ${slot.name} ${sure} ${words.map(({ raw }) => raw).join(' ')}`;
    const result = known.get(key) ?? readSlot(capture, context, sure);
    known.set(key, result);
    return result;
  };
}

function readAlignment(
  alignment: Alignment,
  rule: CompiledRule,
  context: SpeechContext,
  read: ReadSlot,
): GrammarMatch[] | GrammarFailure {
  let combinations: SlotReading[][] = [[]];
  for (const capture of alignment.captures) {
    const result = read(capture, alignment.literals > 2);
    if ('reason' in result) return { ...result, literals: alignment.literals + ('lines' in capture ? 1 : 0) };
    combinations = combinations
      .flatMap((head) => result.readings.map((reading) => [...head, reading]))
      .slice(0, mostReadings);
  }
  const freeText = alignment.captures.some(({ slot }) => ['text', 'query', 'shell', 'name'].includes(slot.slot));
  return combinations.map((readings) => {
    const cost = alignment.cost + sum(readings.map((reading) => reading.cost));
    const breadth = sum(readings.map((reading) => reading.breadth));
    const rank = cost + breadth - perLiteral * alignment.literals - (rule.only ? forThisPlace : 0);
    return { command: commandOf(rule, alignment, readings, context, 1 - cost), rank, freeText, rule };
  });
}

function commandOf(
  rule: CompiledRule,
  { choices }: Alignment,
  readings: readonly SlotReading[],
  context: SpeechContext,
  confidence: number,
): SpokenCommand {
  const values: Record<string, unknown> = { ...choices };
  let target: SpokenTarget | undefined;
  for (const reading of readings) {
    values[reading.name] = reading.value;
    if (reading.target && !uses(rule.args, reading.name)) target = reading.target;
  }
  if ('name' in values) values.name = nameFor(values, target, context);
  if ('find' in values && 'replace' in values) values.replace = asReplaced(values, context);
  const title = rule.title ?? titleOf(rule.command, context.palette);
  return {
    command: rule.command,
    title: described(title, rule, values, target),
    ...(rule.args === undefined ? {} : { args: filledIn(rule.args, values) }),
    ...(target ? { target } : {}),
    confidence: Math.max(0, Math.round(confidence * 1000) / 1000),
    dangerous: rule.danger ?? false,
    source: rule.source,
  };
}

function nameFor(values: SlotValues, target: SpokenTarget | undefined, context: SpeechContext): string {
  return newName(
    String(values.name),
    target?.kind === 'symbol' ? target.name : undefined,
    context.document?.languageId,
  );
}

/** "customer id" for `userId` is written as that is. */
function asReplaced({ find, replace }: SlotValues, { document, identifiers }: SpeechContext): unknown {
  const isName = identifiers.some(({ name }) => name === find) && /[a-z][A-Z]|_/.test(String(find));
  if (!isName || !/^[\p{L}\p{N}]+(?: [\p{L}\p{N}]+)+$/u.test(String(replace))) return replace;
  return newName(String(replace), String(find), document?.languageId);
}

/** The title with what it is about, so that a confirmation says what will happen. */
function described(title: string, rule: CompiledRule, values: SlotValues, target: SpokenTarget | undefined): string {
  const about = Object.entries(values)
    .filter(([name]) => uses(rule.args, name))
    .map(([, value]) => String(value).trimEnd());
  if (target?.kind === 'symbol') about.unshift(target.name);
  if (target?.kind === 'lines')
    about.unshift(target.from === target.to ? `line ${target.from}` : `lines ${target.from}–${target.to}`);
  return about.length === 0 ? title : `${title}: ${about.join(' → ')}`;
}

/** The same command with the same arguments, read in several ways, counts once. */
function withoutDoubles(matches: readonly GrammarMatch[]): GrammarMatch[] {
  const seen = new Set<string>();
  return matches.filter(({ command }) => {
    const key = JSON.stringify([command.command, command.args, command.target]);
    return !seen.has(key) && seen.add(key);
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
