import { createSplitWriter } from "./split-writer.ts";
import { textLines } from "./text-lines.ts";

/** Rows and digest of one written file. */
export interface WrittenFile {
  readonly rows: number;
  readonly sha256: string;
}

/** How many of `rows` go to validation: the share, rounded, but at least one and never all. */
export function validationRows(rows: number, share: number): number {
  return share === 0 || rows < 2 ? 0 : Math.min(rows - 1, Math.max(1, Math.round(rows * share)));
}

/** Splits a file in two, line by line: lines for which `isDrawn` says so are for validation. */
export async function carveValidation(
  from: string,
  to: { readonly train: string; readonly validation: string },
  isDrawn: (line: string) => boolean,
): Promise<{ readonly train: WrittenFile; readonly validation: WrittenFile }> {
  const train = createSplitWriter(to.train);
  const validation = createSplitWriter(to.validation);
  try {
    for await (const { text } of textLines(from, "data.jsonl", Infinity)) {
      await (isDrawn(text) ? validation : train).write(text);
    }
    return { train: await train.end(), validation: await validation.end() };
  } catch (error) {
    train.abandon();
    validation.abandon();
    throw error;
  }
}
