import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { clipped } from "../nearest.ts";
import { datasetInvalid } from "./invalid.ts";
import { asRow, type RawRow } from "./raw-row.ts";

const ROWS_AT_ONCE = 5000;

/** Rows of a Parquet file, read in blocks so that memory is bounded by a row group. Throws `DATASET_INVALID`. */
export async function* readParquet(path: string, name: string): AsyncGenerator<RawRow> {
  const file = await asyncBufferFromFile(path);
  const metadata = await readable(name, () => parquetMetadataAsync(file));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = rowStart + Number(group.num_rows);
    while (rowStart < groupEnd) {
      const rowEnd = Math.min(rowStart + ROWS_AT_ONCE, groupEnd);
      const span = { rowStart, rowEnd };
      const rows = await readable(name, () => parquetReadObjects({ file, metadata, compressors, ...span }));
      if (rows.length === 0) throw datasetInvalid(`${name} holds fewer rows than it declares: it is damaged.`);
      for (const [index, row] of rows.entries()) yield asRow(plain(row), `${name} row ${rowStart + index + 1}`);
      rowStart = rowEnd;
    }
  }
}

async function readable<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const reason = clipped(cause instanceof Error ? cause.message : String(cause), 200);
    throw datasetInvalid(`${name} is not a readable Parquet file: ${reason}. It may be truncated: fetch it again.`, undefined, cause);
  }
}

/** Values that JSON lacks, as those it has. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
