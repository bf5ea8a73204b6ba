import type { ArtifactRef, PendingInput, PreflightContext, Shortfall } from "@trainyard/core";
import { readEnv } from "../worker/python.ts";

/** What is found out about libraries beyond the usual ones. */
export interface LibraryFinding {
  readonly shortfalls: readonly Shortfall[];
  readonly warnings: readonly string[];
}

/**
 * Says which of `requirements`, each `name==version`, the environment of a step lacks: the one that is there, or the one
 * that an earlier step will make.
 */
export async function missingLibraries(
  requirements: readonly string[],
  env: ArtifactRef | undefined,
  { artifacts, pending }: PreflightContext,
): Promise<LibraryFinding> {
  if (requirements.length === 0) return { shortfalls: [], warnings: [] };
  const fix = `Give create_env the requirements ${JSON.stringify(requirements)}.`;
  const names = requirements.map(nameOf);
  const installed = env ? (await readEnv(env, artifacts)).freeze : plannedFor(pending["env"]);
  if (!installed)
    return { shortfalls: [], warnings: [`This machine's Python must have ${names.join(" and ")}. ${fix}`] };
  const there = installed.map(nameOf);
  const missing = names.filter((name) => !there.includes(name));
  if (missing.length === 0) return { shortfalls: [], warnings: [] };
  const message = `The environment of this step has no ${missing.join(" and no ")}, which it needs.`;
  return { shortfalls: [{ resource: "library", message, fix }], warnings: [] };
}

/** What the step that makes the environment was told to add. */
function plannedFor(step: PendingInput | undefined): readonly string[] | undefined {
  const requirements = step?.input["requirements"] ?? [];
  return step && (Array.isArray(requirements) ? requirements.map(String) : []);
}

/** Package names are the same in any case and with any separator. */
function nameOf(requirement: string): string {
  return requirement
    .split(/[=<>~![; ]/, 1)[0]!
    .toLowerCase()
    .replaceAll(/[-_.]+/g, "-");
}
