import { seededRandom } from "./seeded-random.ts";
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

/**
 * Splits a file of `rows` lines in two, drawing `drawn` lines evenly and the same ones for the same seed, in one pass and
 * constant memory (selection sampling: Knuth, TAOCP 2, 3.4.2, algorithm S).
 */
export async function carveValidation(
  from: string,
  to: { readonly train: string; readonly validation: string },
  count: { readonly rows: number; readonly drawn: number; readonly seed: number },
): Promise<{ readonly train: WrittenFile; readonly validation: WrittenFile }> {
  const random = seededRandom(count.seed);
  const train = createSplitWriter(to.train);
  const validation = createSplitWriter(to.validation);
  let left = count.drawn;
  let unseen = count.rows;
  try {
    for await (const { text } of textLines(from, "data.jsonl", Number.POSITIVE_INFINITY)) {
      const isDrawn = random() * unseen < left;
      await (isDrawn ? validation : train).write(text);
      left -= isDrawn ? 1 : 0;
      unseen -= 1;
    }
    return { train: await train.end(), validation: await validation.end() };
  } catch (error) {
    train.abandon();
    validation.abandon();
    throw error;
  }
}
