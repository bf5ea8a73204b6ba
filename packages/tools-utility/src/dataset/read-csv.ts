import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import { clipped, quoted } from "../message-text.ts";
import { datasetInvalid } from "./invalid.ts";
import type { RawRow } from "./raw-row.ts";
import { maxLineLength, textChunks } from "./text-lines.ts";

/** Rows of a CSV or TSV file with a header line, one at a time. Throws `DATASET_INVALID` naming the line. */
export async function* readCsv(path: string, name: string, delimiter: "," | "\t"): AsyncGenerator<RawRow> {
  let header: readonly string[] | undefined;
  const input = Readable.from(textChunks(path, name));
  const parser = parse({
    delimiter,
    info: true,
    skip_empty_lines: true,
    max_record_size: maxLineLength,
    relax_quotes: delimiter === "\t",
  });
  input.on("error", (error) => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<Parsed>) {
      if (header === undefined) header = checkedHeader(record, name);
      else yield { where: `${name} line ${info.lines}`, values: rowOf(header, record) };
    }
  } catch (error) {
    throw error instanceof CsvError ? csvProblem(error, name) : error;
  } finally {
    input.destroy();
    parser.destroy();
  }
}

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function rowOf(header: readonly string[], record: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(header.map((column, index) => [column, record[index]]));
}

function checkedHeader(record: readonly string[], name: string): readonly string[] {
  const header = record.map((column) => column.trim());
  const twice = header.filter((column, index) => header.indexOf(column) !== index);
  if (twice.length > 0)
    throw datasetInvalid(`${name} names the columns ${quoted(new Set(twice))} twice in its first line.`);
  return header;
}

function csvProblem(error: CsvError, name: string): Error {
  const line = (error as unknown as { lines?: number }).lines;
  const place = line === undefined ? "" : ` line ${line}`;
  return datasetInvalid(
    `${name}${place} is not valid CSV: ${clipped(error.message, 300)}.`,
    { line, reason: error.code },
    error,
  );
}
