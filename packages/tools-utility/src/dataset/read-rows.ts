import { toTrainyardError } from "@trainyard/core";
import { throwIfCancelled } from "../cancel.ts";
import { datasetInvalid } from "./invalid.ts";
import { flattenSquad } from "./flatten-squad.ts";
import type { RawRow } from "./raw-row.ts";
import { readCsv } from "./read-csv.ts";
import { readJson } from "./read-json.ts";
import { readJsonl } from "./read-jsonl.ts";
import { readParquet } from "./read-parquet.ts";
import { readText } from "./read-text.ts";
import type { SourceFile } from "./source.ts";

/** Rows of all files of a split, in order; a file is fetched only once it is reached. Throws `DATASET_INVALID`, `CANCELLED`. */
export async function* readRows(
  files: readonly SourceFile[],
  field: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<RawRow> {
  for (const file of files) {
    throwIfCancelled(signal);
    const path = await file.open();
    try {
      for await (const row of rowsOf(file, path, field, signal)) {
        throwIfCancelled(signal);
        yield* flattenSquad(row);
      }
    } catch (error) {
      throw readProblem(error, file.name);
    }
  }
}

function rowsOf(
  file: SourceFile,
  path: string,
  field: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<RawRow> {
  switch (file.type) {
    case "json":
      return readJson(path, file.name, field);
    case "jsonl":
      return readJsonl(path, file.name);
    case "csv":
      return readCsv(path, file.name, ",");
    case "tsv":
      return readCsv(path, file.name, "\t");
    case "parquet":
      return readParquet(path, file.name, { signal });
    case "text":
      return readText(path, file.name);
  }
}

function readProblem(error: unknown, name: string): Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === "EACCES" || code === "EISDIR" || code === "EIO") {
    return datasetInvalid(`${name} cannot be read (${code}). Check its permissions.`, undefined, error);
  }
  return toTrainyardError(error, "DATASET_INVALID");
}
