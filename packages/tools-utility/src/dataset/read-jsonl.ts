import { datasetInvalid } from "./invalid.ts";
import { parseJson } from "./json-problem.ts";
import { asRow, type RawRow } from "./raw-row.ts";
import { textLines } from "./text-lines.ts";

/** Rows of a JSON Lines file, one at a time. Throws `DATASET_INVALID` naming the line. */
export async function* readJsonl(path: string, name: string): AsyncGenerator<RawRow> {
  for await (const { number, text } of textLines(path, name)) {
    if (text.trim() === "") continue;
    if (number === 1 && text.trim() === "[") {
      throw datasetInvalid(`${name} holds a JSON list, not one object per line. Rename it to .json.`);
    }
    yield asRow(parseJson(text, name, number), `${name} line ${number}`);
  }
}
