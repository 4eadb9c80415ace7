/** Items → text: what stands between two neighbours is decided by their kinds, and a little by the language. */
import { awaitsOperand, type Item } from './item';
import type { Family } from './languages';

const signs = new Set(['-', '+', '*', '&', '**']);
/** Keywords that are called like functions. */
const callable = new Set([
  'super',
  'sizeof',
  'import',
  'map',
  'int',
  'float',
  'double',
  'bool',
  'char',
  'print',
  'get',
  'set',
]);

export function print(items: readonly Item[], family: Family, before: string): string {
  const written = settled(items, family, before);
  let text = '';
  written.forEach((item, i) => {
    text += (i === 0 ? gapBefore(item, before) : gap(written[i - 1]!, item, written[i - 2], family)) + item.text;
  });
  return text;
}

/** Kinds that depend on the neighbours: signs, keyword arguments, optional marks, what closes a conditional. */
function settled(items: readonly Item[], family: Family, before: string): Item[] {
  const result: Item[] = [];
  let [depth, conditionals] = [0, 0];
  items.forEach((item, i) => {
    if (item.text === '(') depth++;
    if (item.text === ')') depth--;
    const previous = result.at(-1) ?? itemBefore(before);
    const place = { family, previous, next: items[i + 1], inCall: depth > 0, inConditional: conditionals > 0 };
    const kind = settledKind(item, place);
    if (item.text === '?' && kind === 'infix') conditionals++;
    if (item.text === ':' && kind === 'infix') conditionals--;
    result.push({ ...item, kind });
  });
  return result;
}

interface Place {
  readonly family: Family;
  readonly previous: Item | undefined;
  readonly next: Item | undefined;
  readonly inCall: boolean;
  readonly inConditional: boolean;
}

function settledKind({ kind, text }: Item, { family, previous, next, inCall, inConditional }: Place): Item['kind'] {
  if ((kind === 'infix' || kind === 'postfix') && signs.has(text) && awaitsOperand(previous)) return 'prefix';
  if (family === 'python' && text === '=' && inCall) return 'tight';
  if (text === '?' && kind === 'infix' && (!next || [':', ')', ';', ','].includes(next.text))) return 'postfix';
  if (text === ':' && inConditional) return 'infix';
  if (text === '!' && family === 'rust' && next?.text === '(') return 'postfix';
  // from .utils import load
  if (text === '.' && family === 'python' && previous?.kind === 'keyword') return 'prefix';
  // Go: names []string
  if (text === '[' && family === 'go' && next?.text === ']' && previous?.kind === 'name') return 'prefix';
  return kind;
}

/** What the text before the cursor ends with, as far as spacing goes. */
function itemBefore(before: string): Item | undefined {
  const last = before.trimEnd().at(-1);
  if (last === undefined) return undefined;
  if (/[\p{L}\p{N}_)\]}"'`]/u.test(last)) return { text: last, kind: 'name' };
  return { text: last, kind: '([{'.includes(last) ? 'open' : '.@$~#'.includes(last) ? 'tight' : 'infix' };
}

function gapBefore(item: Item, before: string): string {
  const previous = itemBefore(before);
  if (!previous || /\s$/.test(before) || previous.kind === 'open' || previous.kind === 'tight') return '';
  return gap(previous, item, undefined, 'script');
}

function gap(previous: Item, item: Item, earlier: Item | undefined, family: Family): string {
  if (['line', 'raw'].includes(previous.kind) || ['line', 'raw'].includes(item.kind)) return '';
  if (['open', 'tight', 'prefix', 'stringOpen'].includes(previous.kind)) return '';
  if (['close', 'comma', 'tight', 'postfix', 'stringClose'].includes(item.kind)) return '';
  if (previous.text === '{' && item.text === '}') return '';
  if (item.kind === 'open') return opensAfter(previous, family) ? '' : ' ';
  // Go: []byte
  if (family === 'go' && previous.text === ']' && earlier?.text === '[') return '';
  if (previous.kind === 'postfix' && previous.text === '?' && item.kind !== 'infix' && item.kind !== 'name') return '';
  return ' ';
}

/** Whether a bracket belongs to what precedes it: a call, an index, a type's arguments. */
function opensAfter(previous: Item, family: Family): boolean {
  if (previous.kind === 'name') return true;
  if (previous.kind === 'keyword') return callable.has(previous.text);
  if (previous.kind === 'postfix') return ['!', '?', '++'].includes(previous.text);
  return previous.kind === 'close' && !(family === 'shell');
}
