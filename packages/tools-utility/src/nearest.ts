/** Edits between two words, where a swap of neighbours counts as one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      }
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}

const MAX_WORD = 128;

/** Names within two edits of `word`, or one in three of its letters if that is more; nearest first. */
export function nearestNames(word: string, names: Iterable<string>, limit = 3): readonly string[] {
  if (word.length > MAX_WORD) return [];
  const wanted = word.toLowerCase();
  const allowed = Math.max(2, Math.floor(wanted.length / 3));
  return [...names]
    .filter((name) => Math.abs(name.length - wanted.length) <= allowed)
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .filter(({ distance, name }) => distance <= allowed && distance < Math.max(name.length, wanted.length))
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Names as they stand in a message: each in backticks, at most `limit`. */
export function quoted(names: Iterable<string>, limit = 20): string {
  const all = [...names];
  const shown = all.slice(0, limit).map((name) => `\`${clipped(name, 80)}\``);
  return [...shown, ...(all.length > limit ? [`and ${all.length - limit} more`] : [])].join(", ");
}

/** Text cut to `length` characters, so that hostile input cannot flood a message. */
export function clipped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}
