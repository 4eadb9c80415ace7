import { type BpeTables, mergeRank } from './tables';

/** Positions fit below this in a heap key; a longer word is cut by the caller. */
export const longestWord = 2 ** 20;

/**
 * Merges neighbouring tokens in order of rank, leftmost first, until none is left to merge: byte-pair encoding. A heap of
 * the pairs makes it O(n log n), as words are whole lines with a tokenizer that does not split them. `ids`: one a
 * character, -1 where there is none; at most `longestWord`.
 */
export function mergeWord(tables: BpeTables, ids: Int32Array): number[] {
  const next = Int32Array.from(ids, (_, i) => (i + 1 < ids.length ? i + 1 : -1));
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const heap: number[] = [];
  const rankAt = (i: number) => {
    const right = next[i]!;
    return right < 0 || ids[i]! < 0 || ids[right]! < 0 ? -1 : mergeRank(tables, ids[i]!, ids[right]!);
  };
  const offer = (i: number) => {
    const rank = rankAt(i);
    if (rank >= 0) push(heap, rank * longestWord + i);
  };
  for (let i = 0; i + 1 < ids.length; i++) offer(i);

  while (heap.length > 0) {
    const key = pop(heap);
    const i = key % longestWord;
    const rank = (key - i) / longestWord;
    // The pair may have changed since it was offered, or its left side may be part of another token (id -2).
    if (ids[i] === -2 || rankAt(i) !== rank) continue;
    const right = next[i]!;
    ids[i] = tables.merges[rank * 3 + 2]!;
    ids[right] = -2;
    next[i] = next[right]!;
    if (next[i]! >= 0) previous[next[i]!] = i;
    offer(i);
    if (previous[i]! >= 0) offer(previous[i]!);
  }
  const result: number[] = [];
  for (let i = 0; i >= 0 && i < ids.length; i = next[i]!) result.push(ids[i]!);
  return result;
}

function push(heap: number[], key: number): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= key) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = key;
}

function pop(heap: number[]): number {
  const least = heap[0]!;
  const last = heap.pop()!;
  if (heap.length === 0) return least;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= last) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return least;
}
