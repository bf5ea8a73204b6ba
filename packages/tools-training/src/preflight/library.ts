import type { ArtifactRef, ArtifactStore, Shortfall } from "@trainyard/core";
import { readEnv } from "../worker/python.ts";

/** What is found out about libraries beyond the usual ones. */
export interface LibraryFinding {
  readonly shortfalls: readonly Shortfall[];
  readonly warnings: readonly string[];
}

/** Says which of `requirements`, each `name==version`, an environment lacks; one that is not made yet cannot be asked. */
export async function missingLibraries(
  requirements: readonly string[],
  env: ArtifactRef | undefined,
  artifacts: ArtifactStore,
): Promise<LibraryFinding> {
  if (requirements.length === 0) return { shortfalls: [], warnings: [] };
  const fix = `Give create_env the requirements ${JSON.stringify(requirements)}.`;
  if (!env)
    return {
      shortfalls: [],
      warnings: [`The environment of this step must have ${requirements.map(nameOf).join(" and ")}. ${fix}`],
    };
  const installed = (await readEnv(env, artifacts)).freeze.map(nameOf);
  const missing = requirements.map(nameOf).filter((name) => !installed.includes(name));
  if (missing.length === 0) return { shortfalls: [], warnings: [] };
  const message = `The environment \`${env.name ?? env.digest}\` has no ${missing.join(" and no ")}, which this step needs.`;
  return { shortfalls: [{ resource: "library", message, fix }], warnings: [] };
}

/** Package names are the same in any case and with any separator. */
function nameOf(requirement: string): string {
  return requirement
    .split("==", 1)[0]!
    .toLowerCase()
    .replaceAll(/[-_.]+/g, "-");
}
