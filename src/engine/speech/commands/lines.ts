/** Spoken line numbers and ranges: "line four", "lines ten through twenty", and what recognisers make of them. */
import { spokenNumber } from '../dictation/numbers';

export interface LineRange {
  readonly from: number;
  readonly to: number;
  /** Words that it takes. */
  readonly length: number;
}

/** The second group only where no separator of the first fits: "lines four two eight". */
const separators = [
  ['to', 'through', 'thru', 'until', 'till', 'and', 'dash'],
  ['two', 'too', '2'],
];

export function linesAt(texts: readonly string[], at: number, kind: 'line' | 'lines'): LineRange[] {
  if (texts[at] !== 'line' && texts[at] !== 'lines') return [];
  const start = texts[at + 1] === 'number' ? at + 2 : at + 1;
  const number = spokenNumber(texts, start, true);
  const single =
    number && isLine(number.value)
      ? [{ from: number.value, to: number.value, length: start + number.length - at }]
      : [];
  if (kind === 'line') return single;
  for (const group of separators) {
    const ranges = group.flatMap((separator) => rangesWith(texts, at, start, separator));
    if (ranges.length > 0) return ranges;
  }
  return single;
}

function rangesWith(texts: readonly string[], at: number, start: number, separator: string): LineRange[] {
  const found: LineRange[] = [];
  for (let s = start + 1; s < texts.length - 1; s++) {
    if (texts[s] !== separator) continue;
    const first = spokenNumber(texts.slice(start, s), 0, s - start === 1);
    if (first?.length !== s - start) continue;
    const next = /^lines?$/.test(texts[s + 1]!) ? s + 2 : s + 1;
    const last = spokenNumber(texts, next, next === texts.length - 1);
    if (!last || !isLine(first.value) || !isLine(last.value)) continue;
    const [from, to] = [Math.min(first.value, last.value), Math.max(first.value, last.value)];
    found.push({ from, to, length: next + last.length - at });
  }
  return found;
}

function isLine(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}
