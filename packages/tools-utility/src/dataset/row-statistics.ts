import { createHash } from "node:crypto";
import type { RowNote } from "./converted-row.ts";

/** Rows longer than this, in characters of JSON, are counted as very long (about 8,000 tokens). */
const longRowLength = 32_768;
/** Duplicates are looked for among this many rows of a split, so that memory stays bounded. */
const duplicateWindow = 200_000;

/** Counts what is worth a warning while rows go by. */
export interface RowStatistics {
  kept(line: string, notes: readonly RowNote[], identity: string): void;
  dropped(reason: string): void;
  /** One sentence per finding; empty for a clean split. */
  warnings(split: string): readonly string[];
}

/** Starts counting for one split. */
export function createRowStatistics(): RowStatistics {
  const notes = new Map<string, number>();
  const drops = new Map<string, number>();
  const seen = new Set<string>();
  let rows = 0;
  const count = (map: Map<string, number>, key: string): unknown => map.set(key, (map.get(key) ?? 0) + 1);
  return {
    kept(line, rowNotes, identity) {
      rows += 1;
      for (const note of rowNotes) count(notes, note);
      if (line.length > longRowLength) count(notes, "long");
      if (rows > duplicateWindow) return;
      const digest = createHash("sha1").update(identity).digest("base64").slice(0, 16);
      if (seen.has(digest)) count(notes, "duplicate");
      seen.add(digest);
    },
    dropped(reason) {
      count(drops, reason);
    },
    warnings(split) {
      const dropped = [...drops].map(([reason, n]) => `${split}: ${plural(n, "row")} left out: ${reason}.`);
      return [...dropped, ...[...notes].map(([note, n]) => sentence(split, note, n, rows))];
    },
  };
}

function sentence(split: string, note: string, n: number, rows: number): string {
  const some = `${split}: ${n} of ${plural(rows, "row")}`;
  switch (note) {
    case "duplicate":
      return `${some} repeat an earlier one${rows > duplicateWindow ? ` (of the first ${duplicateWindow})` : ""}.`;
    case "long":
      return `${some} are longer than ${longRowLength} characters; training cuts them at max_length.`;
    case "empty":
      return `${some} have an empty field.`;
    case "converted":
      return `${some} had fields that are not text; they were written out as text.`;
    case "unanswerable":
      return `${some} have no answer (as in SQuAD 2.0).`;
    default:
      return `${some} have an answer that does not occur in its context.`;
  }
}

function plural(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? "" : "s"}`;
}
