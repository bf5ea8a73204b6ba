import { realpath } from "node:fs/promises";
import { isAbsolute, join, sep } from "node:path";
import { TrainyardError } from "@trainyard/core";
import type { WorkerArtifactEvent } from "./protocol.ts";

/** The path of the artifact that a worker announced for `port`. Throws `WORKER_FAILED`. */
export async function outputPath(
  artifacts: readonly WorkerArtifactEvent[],
  port: string,
  kinds: readonly string[],
  outputDir: string,
): Promise<{ readonly path: string; readonly kind: string }> {
  const found = artifacts.findLast((event) => event.port === port);
  if (!found) throw new TrainyardError("WORKER_FAILED", `The worker gave no \`${port}\`.`);
  if (!kinds.includes(found.kind)) {
    throw new TrainyardError(
      "WORKER_FAILED",
      `The worker gave a \`${found.kind}\` as \`${port}\`, where ${kinds.join(" or ")} was asked for.`,
    );
  }
  return { path: await insideOutput(found.path, outputDir), kind: found.kind };
}

/** The real path of an output; a link that leads out of the output folder is refused. */
async function insideOutput(path: string, outputDir: string): Promise<string> {
  const root = await realpath(outputDir);
  const real = isAbsolute(path) ? undefined : await realpath(join(root, path)).catch(() => undefined);
  if (real?.startsWith(root + sep)) return real;
  throw new TrainyardError(
    "WORKER_FAILED",
    `The worker named an output that is not in its output folder: \`${path.slice(0, 200)}\`.`,
  );
}
