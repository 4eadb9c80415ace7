/** Edit distance (Levenshtein) of two short names. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The names a user may have meant: those that contain what was typed first, then by edit distance. */
export function nearestNames(typed: string, names: readonly string[], limit = 3): string[] {
  const wanted = typed.toLowerCase();
  const score = (name: string) => (name.includes(wanted) && wanted.length > 1 ? 0 : distance(wanted, name));
  return [...names].sort((a, b) => score(a) - score(b) || a.localeCompare(b)).slice(0, limit);
}
