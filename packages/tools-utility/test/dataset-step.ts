import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ArtifactRef, type ArtifactStore, createRegistry } from "@trainyard/core";
import { utilityTools } from "@trainyard/tools-utility";
import { createStep, type Json, runTool, temporaryFolder } from "./tool-context.ts";

/** `load_dataset` with a temporary folder to read from. */
export async function datasetStep(options: Parameters<typeof utilityTools>[0] = {}) {
  const folder = await temporaryFolder();
  const tool = createRegistry([utilityTools({ env: {}, cacheDir: join(folder, "cache"), ...options })]).get(
    "load_dataset",
  );
  const step = await createStep(folder);
  return {
    folder,
    tool,
    ...step,
    load: (input: object) => runTool(tool, input, step.context),
    rows: (ref: ArtifactRef) => rowsOf(step.artifacts, ref),
    write: async (name: string, content: string | object): Promise<string> => {
      const path = join(folder, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
  };
}

async function rowsOf(store: ArtifactStore, ref: ArtifactRef): Promise<Json[]> {
  const text = Buffer.from(await store.read(ref.digest, "data.jsonl")).toString("utf8");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

/** Rows as JSON Lines. */
export function jsonl(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** Rows with a prompt and a completion. */
export const pairs = (count: number): { prompt: string; completion: string }[] =>
  Array.from({ length: count }, (_, n) => ({ prompt: `p${n}`, completion: `c${n}` }));
