import { datasetInvalid } from "./invalid.ts";
import { openParquet, type ParquetLimits } from "./parquet-thread.ts";
import { asRow, type RawRow } from "./raw-row.ts";

const ROWS_AT_ONCE = 5000;

/** Rows of a Parquet file, read in blocks so that memory is bounded by a row group. Throws `DATASET_INVALID`, `CANCELLED`. */
export async function* readParquet(
  path: string,
  name: string,
  limits: ParquetLimits,
): AsyncGenerator<RawRow> {
  const file = openParquet(path, name, limits);
  try {
    let rowStart = 0;
    for (const groupRows of await file.rowGroups()) {
      const groupEnd = rowStart + groupRows;
      while (rowStart < groupEnd) {
        const rowEnd = Math.min(rowStart + ROWS_AT_ONCE, groupEnd);
        const rows = await file.rows({ rowStart, rowEnd });
        if (rows.length !== rowEnd - rowStart)
          throw datasetInvalid(`${name} holds fewer rows than it declares: it is damaged.`);
        for (const [index, row] of rows.entries())
          yield asRow(plain(row), `${name} row ${rowStart + index + 1}`);
        rowStart = rowEnd;
      }
    }
  } finally {
    await file.close();
  }
}

/** Values that JSON lacks, as those it has. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint")
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
