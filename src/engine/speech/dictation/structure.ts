/** What only shows once all items are there: brackets of types, and where a call that was spoken with "of" ends. */
import type { Item } from './item';
import type { Family } from './languages';

const longestType = 7;

/** `<` … `>` around type names become brackets: `Option<u32>`, `#include <vector>`. */
export function withTypeBrackets(items: readonly Item[], family: Family, asType: (name: string) => string): Item[] {
  if (!['c', 'rust', 'java', 'script'].includes(family)) return [...items];
  const result = [...items];
  for (let open = 1; open < result.length; open++) {
    const close = result[open]!.angle && result[open]!.text === '<' ? closingAngle(result, open) : -1;
    if (close < 0) continue;
    const owner = result[open - 1]!;
    const include = owner.text === 'include';
    if (!include && owner.kind !== 'name') continue;
    result[open] = { text: '<', kind: include ? 'prefix' : 'open' };
    result[close] = { text: '>', kind: 'close' };
    for (const i of include ? [] : [open - 1, ...range(open + 1, close)]) {
      if (result[i]!.kind === 'name') result[i] = { ...result[i]!, text: asType(result[i]!.text) };
    }
  }
  return result;
}

/** Rust: what stands before `::` and is known as a type is written as one. */
export function withTypePaths(items: readonly Item[], family: Family, asType: (name: string) => string): Item[] {
  const isPath = (i: number) => family === 'rust' && items[i]!.kind === 'name' && items[i + 1]?.text === '::';
  return items.map((item, i) => (isPath(i) ? { ...item, text: asType(item.text) } : item));
}

function closingAngle(items: readonly Item[], open: number): number {
  for (let i = open + 1; i <= Math.min(open + longestType, items.length - 1); i++) {
    const { kind, text, angle } = items[i]!;
    if (text === '>' && angle) return i > open + 1 || /^[A-Z]/.test(items[open - 1]!.text) ? i : -1;
    const typeLike =
      (kind === 'name' && !/^\d/.test(text)) || kind === 'keyword' || [',', '::', '&', '*'].includes(text);
    if (!typeLike) return -1;
  }
  return -1;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

const arithmetic = new Set(['+', '-', '*', '/', '%', '**']);

/** Closes the brackets that "of" opened: before what cannot be an argument, and before an operator whose right side is a call too. */
export function withClosedCalls(items: readonly Item[]): Item[] {
  const result: Item[] = [];
  // One entry a bracket that is open: whether it was implied.
  const open: boolean[] = [];
  const closeImplied = () => {
    while (open.at(-1)) {
      open.pop();
      result.push({ text: ')', kind: 'close', implied: true });
    }
  };
  items.forEach((item, i) => {
    if (open.at(-1) && endsArgument(item, items, i)) closeImplied();
    if (item.kind === 'open') open.push(item.implied === true);
    else if (item.kind === 'close') {
      closeImplied();
      open.pop();
    }
    result.push(item);
  });
  closeImplied();
  return result;
}

function endsArgument(item: Item, items: readonly Item[], at: number): boolean {
  if (item.kind === 'infix') return !arithmetic.has(item.text) || items[at + 2]?.implied === true;
  if (item.kind === 'comma') return item.text !== ',';
  return ['keyword', 'blockOpen', 'blockClose', 'line', 'close', 'comment'].includes(item.kind);
}
