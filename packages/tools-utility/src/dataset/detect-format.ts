import { quoted } from "../message-text.ts";
import { suggestColumnMap } from "./column-map.ts";
import { datasetInvalid } from "./invalid.ts";
import { own, type RawRow } from "./raw-row.ts";
import { neededColumns, type SourceFormat, sourceFormats } from "./source-formats.ts";

/**
 * The format of some rows by their columns; `wanted` insists on one. Throws `DATASET_INVALID` naming the columns found,
 * those needed and a `column_map` that would bridge the two.
 */
export function detectFormat(
  rows: readonly RawRow[],
  wanted: SourceFormat | "auto",
  name: string,
): SourceFormat {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row.values)))];
  const fitting = sourceFormats.find(
    (format) => (wanted === "auto" || format === wanted) && hasColumns(format, columns, rows),
  );
  if (fitting) return fitting;
  const suggestion = suggestColumnMap(columns, wanted === "auto" ? sourceFormats : [wanted]);
  const needed =
    wanted === "auto" ? describeAll() : `${quoted(neededColumns[wanted])} for format \`${wanted}\``;
  const fix = suggestion
    ? `Try \`column_map: ${JSON.stringify(suggestion)}\`.`
    : "Pass a `column_map` from found to needed names.";
  throw datasetInvalid(
    `${name} has the columns ${quoted(columns) || "(none)"}; needed are ${needed}. ${fix}`,
    {
      found: columns.slice(0, 100),
      needed: wanted === "auto" ? neededColumns : neededColumns[wanted],
      ...(suggestion && { column_map: suggestion }),
    },
  );
}

function hasColumns(format: SourceFormat, columns: readonly string[], rows: readonly RawRow[]): boolean {
  const needed = neededColumns[format];
  if (needed.every((column) => columns.includes(column))) return true;
  if (format === "squad")
    return ["context", "question", "is_impossible"].every((column) => columns.includes(column));
  // A preference pair of whole conversations carries its prompt inside.
  return (
    format === "preference" &&
    columns.includes("rejected") &&
    rows.some((row) => Array.isArray(own(row.values, "chosen")))
  );
}

function describeAll(): string {
  return sourceFormats.map((format) => `${quoted(neededColumns[format])} (${format})`).join(", or ");
}
