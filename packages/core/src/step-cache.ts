import type * as z from "zod";
import { isArtifactRef } from "./artifact.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import type { JsonValue } from "./json.ts";
import type { CachedStep, RunStore } from "./run-store.ts";
import type { AnyTool } from "./tool.ts";

/** The latest result with this key, if it still holds: its artifacts are there and the tool agrees. */
export async function findCached(
  key: string,
  tool: AnyTool,
  input: z.output<z.ZodObject>,
  stores: { readonly runs: RunStore; readonly artifacts: ArtifactStore },
): Promise<CachedStep | undefined> {
  const found = await stores.runs.cached(key);
  if (!found) return undefined;
  // What cannot be checked does not hold: the step is run again, which also heals a damaged artifact.
  const holds = await stillHolds(found, tool, input, stores.artifacts).catch(() => false);
  return holds ? found : undefined;
}

async function stillHolds(
  found: CachedStep,
  tool: AnyTool,
  input: z.output<z.ZodObject>,
  artifacts: ArtifactStore,
): Promise<boolean> {
  const parsed = (tool.output as z.ZodObject).safeParse(found.outputs);
  if (!parsed.success) return false;
  for (const digest of digestsIn(found.outputs)) {
    if (!(await artifacts.manifest(digest))) return false;
  }
  return tool.validate ? await tool.validate(parsed.data, input) : true;
}

function digestsIn(value: JsonValue | undefined | Readonly<Record<string, JsonValue>>): readonly string[] {
  if (isArtifactRef(value)) return [value.digest];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((inner) => digestsIn(inner as JsonValue));
}
