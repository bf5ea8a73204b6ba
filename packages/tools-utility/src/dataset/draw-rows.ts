import { createHash } from "node:crypto";
import type { JsonObject } from "@trainyard/core";
import { seededRandom } from "./seeded-random.ts";
import type { DatasetFormat } from "./source-formats.ts";
import { textLines } from "./text-lines.ts";

/** How many rows are wanted of how many; the same are drawn for the same `seed`. */
export interface Draw {
  readonly rows: number;
  readonly drawn: number;
  readonly seed: number;
}

/** The column whose rows belong together, by format: questions on one context would give each other away. */
const GROUP_COLUMN: Readonly<Partial<Record<DatasetFormat, string>>> = { squad: "context" };

/**
 * Decides which lines of a stored split are drawn, to be asked once per line in their order. Rows are drawn evenly, except
 * in squad format: there all rows with the same context go together, as many whole contexts as it takes to reach
 * `drawn`, and at least one stays. One context alone is drawn from by row.
 */
export async function drawRows(
  path: string,
  format: DatasetFormat,
  draw: Draw,
): Promise<(line: string) => boolean> {
  const column = GROUP_COLUMN[format];
  if (column === undefined) return evenly(draw);
  const groupOf = (line: string): string => digestOf((JSON.parse(line) as JsonObject)[column]);
  const sizes = new Map<string, number>();
  for await (const { text } of textLines(path, "data.jsonl", Infinity)) {
    const group = groupOf(text);
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  if (sizes.size < 2) return evenly(draw);
  const chosen = chooseGroups(sizes, draw);
  return (line) => chosen.has(groupOf(line));
}

/** Selection sampling in constant memory (Knuth, TAOCP 2, 3.4.2, algorithm S). */
function evenly({ rows, drawn, seed }: Draw): () => boolean {
  const random = seededRandom(seed);
  let left = drawn;
  let unseen = rows;
  return () => {
    const isDrawn = random() * unseen < left;
    left -= isDrawn ? 1 : 0;
    unseen -= 1;
    return isDrawn;
  };
}

function chooseGroups(sizes: ReadonlyMap<string, number>, { drawn, seed }: Draw): ReadonlySet<string> {
  const random = seededRandom(seed);
  const shuffled = [...sizes]
    .map(([group, size]) => ({ group, size, place: random() }))
    .toSorted((a, b) => a.place - b.place);
  // A group larger than the whole draw comes last, the smallest first: it would overshoot by most.
  const inOrder = shuffled.toSorted((a, b) => Math.max(a.size, drawn) - Math.max(b.size, drawn));
  const chosen = new Set<string>();
  let reached = 0;
  for (const { group, size } of inOrder.slice(0, -1)) {
    if (reached >= drawn) break;
    chosen.add(group);
    reached += size;
  }
  return chosen;
}

/** Short, so that a million contexts fit in memory. */
function digestOf(value: unknown): string {
  return createHash("sha1").update(String(value)).digest("base64").slice(0, 16);
}
