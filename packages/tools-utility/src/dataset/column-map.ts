import { nearestName } from "@trainyard/core";
import { quoted } from "../message-text.ts";
import { datasetInvalid } from "./invalid.ts";
import type { RawRow } from "./raw-row.ts";
import { neededColumns, type SourceFormat } from "./source-formats.ts";

const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  context: ["passage", "paragraph", "article", "document"],
  question: ["query", "q"],
  answers: ["answer", "ans", "label"],
  prompt: ["input", "question", "query", "source"],
  completion: ["response", "answer", "reply", "output", "target"],
  instruction: ["task"],
  output: ["response", "answer", "target"],
  text: ["content", "body", "sentence", "document"],
  messages: ["conversation", "dialog", "dialogue", "chat"],
  conversations: ["conversation"],
  chosen: ["preferred", "accepted", "better"],
  rejected: ["dispreferred", "worse"],
};

/** A map from found to needed columns for the format that comes nearest; undefined where none is near. */
export function suggestColumnMap(
  columns: readonly string[],
  formats: readonly SourceFormat[],
): Readonly<Record<string, string>> | undefined {
  const complete = formats.flatMap((format) => {
    const pairs = neededColumns[format].map((needed) => ({ needed, found: nearestColumn(needed, columns) }));
    const usable = pairs.every(({ found }) => found !== undefined);
    const distinct = new Set(pairs.map(({ found }) => found)).size === pairs.length;
    return usable && distinct ? [pairs.filter(({ needed, found }) => needed !== found)] : [];
  });
  const best = complete.toSorted((a, b) => a.length - b.length)[0];
  return best && Object.fromEntries(best.map(({ needed, found }) => [found!, needed]));
}

function nearestColumn(needed: string, columns: readonly string[]): string | undefined {
  if (columns.includes(needed)) return needed;
  const lower = (name: string): string => name.toLowerCase();
  return (
    columns.find((column) => lower(column) === needed || (SYNONYMS[needed] ?? []).includes(lower(column))) ??
    nearestName(needed, columns)
  );
}

/** Renames columns of a row; a renamed column takes the place of one that already has the name. */
export function renameColumns(row: RawRow, map: Readonly<Record<string, string>> | undefined): RawRow {
  if (!map) return row;
  const renamed = Object.entries(row.values).filter(([column]) => Object.hasOwn(map, column));
  const taken = new Set(renamed.map(([column]) => map[column]));
  const kept = Object.entries(row.values).filter(
    ([column]) => !Object.hasOwn(map, column) && !taken.has(column),
  );
  return {
    where: row.where,
    values: Object.fromEntries([
      ...kept,
      ...renamed.map(([column, value]) => [map[column]!, value] as const),
    ]),
  };
}

/** Checks a `column_map` against the first rows. Throws `DATASET_INVALID` for a column that is not there. */
export function checkColumnMap(
  rows: readonly RawRow[],
  map: Readonly<Record<string, string>> | undefined,
  name: string,
): void {
  const columns = new Set(rows.flatMap((row) => Object.keys(row.values)));
  const absent = Object.keys(map ?? {}).filter((column) => !columns.has(column));
  if (absent.length === 0) return;
  throw datasetInvalid(
    `\`column_map\` renames ${quoted(absent)}, but ${name} has the columns ${quoted(columns)}. ` +
      "It maps found names to needed ones.",
    { found: [...columns].slice(0, 100), absent },
  );
}
