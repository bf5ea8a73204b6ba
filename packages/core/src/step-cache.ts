import type * as z from "zod";
import { isArtifactRef } from "./artifact.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { cacheKey } from "./cache-key.ts";
import type { JsonValue } from "./json.ts";
import type { CachedStep, RunStore } from "./run-store.ts";
import type { AnyTool } from "./tool.ts";

/** A key, and the earlier result that still holds. */
export interface CacheLookup {
  readonly key: string;
  readonly hit?: CachedStep | undefined;
}

/** Looks for an earlier result. Undefined for a tool that does not declare its result reproducible. */
export async function lookUp(
  tool: AnyTool,
  input: z.output<z.ZodObject>,
  principal: string,
  stores: { readonly runs: RunStore; readonly artifacts: ArtifactStore },
): Promise<CacheLookup | undefined> {
  if (!tool.cache) return undefined;
  const key = cacheKey(tool, input, principal);
  const found = await stores.runs.cached(key);
  return found && (await stillHolds(found, tool, stores.artifacts)) ? { key, hit: found } : { key };
}

async function stillHolds(found: CachedStep, tool: AnyTool, artifacts: ArtifactStore): Promise<boolean> {
  const parsed = (tool.output as z.ZodObject).safeParse(found.outputs);
  if (!parsed.success) return false;
  for (const digest of digestsIn(found.outputs)) {
    if (!(await artifacts.manifest(digest))) return false;
  }
  return tool.validate ? await tool.validate(parsed.data) : true;
}

function digestsIn(value: JsonValue | undefined | Readonly<Record<string, JsonValue>>): readonly string[] {
  if (isArtifactRef(value)) return [value.digest];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((inner) => digestsIn(inner as JsonValue));
}
