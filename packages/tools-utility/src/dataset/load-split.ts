import { join } from "node:path";
import type { JsonObject, ToolContext } from "@trainyard/core";
import { checkColumnMap, renameColumns } from "./column-map.ts";
import { convertRow } from "./convert-row.ts";
import { detectFormat } from "./detect-format.ts";
import { datasetInvalid } from "./invalid.ts";
import { kindOf, type RawRow } from "./raw-row.ts";
import { readRows } from "./read-rows.ts";
import { createRowStatistics } from "./row-statistics.ts";
import { shortRow } from "./sample-rows.ts";
import type { SourceFile } from "./source.ts";
import type { SourceFormat } from "./source-formats.ts";
import { createSplitWriter } from "./split-writer.ts";

/** What to load as one split. */
export interface SplitRequest {
  /** What messages and progress call it. */
  readonly split: string;
  readonly files: readonly SourceFile[];
  readonly format: SourceFormat | "auto";
  readonly field?: string | undefined;
  readonly columnMap?: Readonly<Record<string, string>> | undefined;
  readonly maxRows: number;
  /** Folder that gets a `data.jsonl`. */
  readonly folder: string;
}

/** A split that was written to disk. */
export interface LoadedSplit {
  readonly rows: number;
  readonly sha256: string;
  readonly format: SourceFormat;
  readonly columns: readonly string[];
  readonly sourceColumns: readonly { readonly name: string; readonly type: string }[];
  readonly samples: readonly JsonObject[];
  readonly warnings: readonly string[];
}

const HEAD_ROWS = 32;
const SAMPLE_ROWS = 3;
const PROGRESS_ROWS = 5000;

/** Reads, converts and writes one split, row by row. Throws `DATASET_INVALID`, `CANCELLED`, `DISK_FULL`. */
export async function loadSplit(request: SplitRequest, context: ToolContext): Promise<LoadedSplit> {
  const rows = readRows(request.files, request.field, context.signal);
  try {
    const head = await take(rows, Math.min(HEAD_ROWS, request.maxRows));
    const name = request.files
      .map((file) => file.name)
      .join(", ")
      .slice(0, 200);
    if (head.length === 0) throw datasetInvalid(`${name} has no rows.`);
    checkColumnMap(head, request.columnMap, name);
    const format = detectFormat(
      head.map((row) => renameColumns(row, request.columnMap)),
      request.format,
      name,
    );
    const written = await writeRows(request, format, chained(head, rows), context);
    return { ...written, format, sourceColumns: columnTypes(head) };
  } finally {
    await rows.return(undefined);
  }
}

async function writeRows(
  { split, columnMap, maxRows, folder }: SplitRequest,
  format: SourceFormat,
  rows: AsyncIterable<RawRow>,
  context: ToolContext,
): Promise<Omit<LoadedSplit, "format" | "sourceColumns">> {
  const writer = createSplitWriter(join(folder, "data.jsonl"));
  const statistics = createRowStatistics();
  const samples: JsonObject[] = [];
  let kept = 0;
  try {
    for await (const raw of rows) {
      const converted = convertRow(renameColumns(raw, columnMap).values, format, kept);
      if ("dropped" in converted) {
        statistics.dropped(converted.dropped);
        continue;
      }
      const line = JSON.stringify(converted.row);
      await writer.write(line);
      statistics.kept(line, converted.notes, identityOf(converted.row));
      if (kept < SAMPLE_ROWS) samples.push(converted.row);
      kept += 1;
      if (kept % PROGRESS_ROWS === 0)
        context.progress({ current: kept, unit: "rows", message: `Reading ${split}` });
      if (kept >= maxRows) break;
    }
    const warnings = statistics.warnings(split);
    if (kept === 0)
      throw datasetInvalid(`No row of ${split} can be used. ${warnings.join(" ")}`, { warnings });
    const end = await writer.end();
    return { ...end, columns: columnsOf(samples), samples: samples.map(shortRow), warnings };
  } catch (error) {
    writer.abandon();
    throw error;
  }
}

/** A row without its id: the same question under two ids is still a duplicate. */
function identityOf(row: JsonObject): string {
  return JSON.stringify({ ...row, id: undefined });
}

function columnsOf(rows: readonly JsonObject[]): readonly string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function columnTypes(rows: readonly RawRow[]): LoadedSplit["sourceColumns"] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.values)))].slice(0, 200);
  return names.map((name) => {
    const value = rows.map((row) => row.values[name]).find((found) => found !== null && found !== undefined);
    return { name: name.slice(0, 256), type: kindOf(value) };
  });
}

async function take(rows: AsyncGenerator<RawRow>, count: number): Promise<readonly RawRow[]> {
  const taken: RawRow[] = [];
  while (taken.length < count) {
    const next = await rows.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

async function* chained(head: readonly RawRow[], rest: AsyncGenerator<RawRow>): AsyncGenerator<RawRow> {
  yield* head;
  yield* rest;
}
