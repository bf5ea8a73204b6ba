import type { RawRow } from "./raw-row.ts";
import { textLines } from "./text-lines.ts";

/** Every line of a text file that is not blank, as a row with the one column `text`. */
export async function* readText(path: string, name: string): AsyncGenerator<RawRow> {
  for await (const { number, text } of textLines(path, name)) {
    if (text.trim() !== "") yield { where: `${name} line ${number}`, values: { text } };
  }
}
