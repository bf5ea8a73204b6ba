import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { canonicalJson } from "@trainyard/core";
import type { PythonFacts } from "./python-facts.ts";
import type { Requirement } from "./requirements.ts";

const MARKER = ".complete";

/** What an environment is: equal keys are the same environment. */
export function environmentKey(
  python: Pick<PythonFacts, "version" | "platform">,
  requirements: readonly Requirement[],
  variant: string,
): string {
  const identities = requirements.map(({ identity }) => identity).toSorted();
  const key = canonicalJson({ version: python.version, platform: python.platform, identities, variant });
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}

/** The interpreter of a virtual environment. */
export function interpreterOf(folder: string): string {
  return process.platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/** Whether `python` is the interpreter of an environment that was built to its end. */
export async function isComplete(python: string): Promise<boolean> {
  const folder = dirname(dirname(python));
  return (await isThere(python)) && (await isThere(join(folder, MARKER)));
}

/** The finished environment below `root`, if there is one. */
export async function finishedBuild(root: string): Promise<string | undefined> {
  for (const name of await readdir(root).catch(() => [])) {
    const folder = join(root, name);
    if (await isComplete(interpreterOf(folder))) return folder;
  }
  return undefined;
}

/**
 * A fresh folder below `root` to build in, after the remains of broken builds are gone. Every build has a folder of its
 * own: one that a dead gateway left running cannot write into the next, and an environment cannot be moved later.
 */
export async function freshBuild(root: string): Promise<string> {
  await removeBuilds(root);
  const folder = join(root, randomUUID().slice(0, 8));
  await mkdir(root, { recursive: true });
  return folder;
}

/** Marks a build as finished. */
export async function markComplete(folder: string): Promise<void> {
  await writeFile(join(folder, MARKER), "", { flag: "wx" });
}

/** Removes whatever lies below `root`. */
export async function removeBuilds(root: string): Promise<void> {
  await rm(root, { recursive: true, force: true, maxRetries: 3 });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
