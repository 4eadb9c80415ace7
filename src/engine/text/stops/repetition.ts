/** Small models fall into loops; what repeats is neither useful nor ever finished. */

/** Characters that people do repeat: rules of dashes, rows of zeros. */
const longestPeriod = 48;
const repeats = 4;
const shortestLoop = 32;
const shortestRule = 120;

/** Length of the text before a loop's second round, or null where its end does not loop. */
export function loopStart(text: string): number | null {
  for (let period = 1; period <= longestPeriod; period++) {
    const length = Math.max(period * repeats, period < 3 ? shortestRule : shortestLoop);
    if (length > text.length) continue;
    const from = text.length - length;
    let i = from + period;
    while (i < text.length && text[i] === text[i - period]) i++;
    if (i < text.length) continue;
    const unit = text.slice(from, from + period);
    // A rule of dashes has every period: only its own, shortest one counts. Blank space is no loop.
    if (unit.trim() === '' || (period > 2 && new Set(unit).size <= 2)) continue;
    return firstRound(text, period) + period;
  }
  return null;
}

function firstRound(text: string, period: number): number {
  let start = text.length - period;
  while (start > 0 && text[start - 1] === text[start - 1 + period]) start--;
  return start;
}

/** Index of the first line that is a third copy in a row of the same non-blank line or pair of lines, or null. */
export function repeatedLine(lines: readonly string[]): number | null {
  for (let i = 2; i < lines.length; i++) {
    const same = (a: number, b: number) => a >= 0 && lines[a] === lines[b] && lines[b]!.trim().length > 2;
    if (same(i - 1, i) && same(i - 2, i)) return i - 1;
    if (i >= 5 && same(i - 2, i) && same(i - 4, i) && same(i - 3, i - 1) && same(i - 5, i - 1)) return i - 3;
  }
  return null;
}
