/** Bounds the time that one bad name can cost. */
const MAX_CANDIDATES = 200;

/**
 * The candidate a mistyped name most likely means, or undefined when none is near: at most a third of its letters
 * may differ. Distance: optimal string alignment (Damerau–Levenshtein without repeated edits of a substring).
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  const wanted = name.toLowerCase().slice(0, 100);
  for (const candidate of [...candidates].slice(0, MAX_CANDIDATES)) {
    const distance = editDistance(wanted, candidate.toLowerCase().slice(0, 100));
    if (distance <= Math.max(1, candidate.length / 3) && distance < (best?.distance ?? Infinity)) {
      best = { name: candidate, distance };
    }
  }
  return best?.name;
}

function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const swap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      current[column] = Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + cost,
        swap ? beforePrevious[column - 2]! + 1 : Infinity,
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
