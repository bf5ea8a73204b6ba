import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

// The bundle in `dist/` lies as deep as this file, so one relative address serves both.
/** The folder of the question-answering samples that come with this package. */
export const samplesFolder = fileURLToPath(new URL("../samples/qa/", import.meta.url));

/** Names of the samples in `folder`, the default one first. */
export async function sampleNames(folder: string = samplesFolder): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.toSorted((a, b) => Number(b === "plain") - Number(a === "plain") || (a < b ? -1 : 1));
}
