/** Items → text: what stands between two neighbours is decided by their kinds, and a little by the language. */
import { awaitsOperand, type Item } from './item';
import type { Family } from './languages';

const signs = new Set(['-', '+', '*', '&', '**']);
/** Keywords that are called like functions. */
const callable = new Set(['super', 'sizeof', 'import', 'map', 'int', 'float', 'double', 'bool', 'char', 'print']);

export function print(items: readonly Item[], family: Family, before: string): string {
  const written = settled(items, family, before);
  let text = '';
  written.forEach((item, i) => {
    text += (i === 0 ? gapBefore(item, before) : gap(written[i - 1]!, item, written[i - 2], family)) + item.text;
  });
  return text;
}

/** Kinds that depend on the neighbours: signs, keyword arguments, optional marks. */
function settled(items: readonly Item[], family: Family, before: string): Item[] {
  const result: Item[] = [];
  let depth = 0;
  items.forEach((item, i) => {
    if (item.text === '(') depth++;
    if (item.text === ')') depth--;
    const previous = result.at(-1) ?? itemBefore(before);
    let { kind } = item;
    if ((kind === 'infix' || kind === 'postfix') && signs.has(item.text) && awaitsOperand(previous)) kind = 'prefix';
    else if (family === 'python' && item.text === '=' && depth > 0) kind = 'tight';
    else if (
      item.text === '?' &&
      kind === 'infix' &&
      (!items[i + 1] || [':', ')', ';', ','].includes(items[i + 1]!.text))
    )
      kind = 'postfix';
    else if (item.text === '!' && kind === 'prefix' && family === 'rust' && items[i + 1]?.text === '(')
      kind = 'postfix';
    result.push({ ...item, kind });
  });
  return result;
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
