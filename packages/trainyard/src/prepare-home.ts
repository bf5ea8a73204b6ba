import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { TrainyardError } from "@trainyard/core";
import type { Home } from "./home.ts";

/** Makes the folders of a home. Throws `STORE_UNAVAILABLE` when one cannot be made or written. */
export function prepareHome({ path, blobs, runs, gateways }: Home): void {
  for (const folder of [path, blobs, runs, gateways]) {
    try {
      makeFolder(folder);
      accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new TrainyardError(
        "STORE_UNAVAILABLE",
        `The state folder ${folder} cannot be written (${code}). Set TRAINYARD_HOME to a folder that can be written.`,
        { cause },
      );
    }
  }
}

/** One folder at a time: Node's recursive `mkdirSync` never returns for a path below `/proc`. */
function makeFolder(folder: string): void {
  if (!existsSync(folder)) {
    makeFolder(dirname(folder));
    mkdirSync(folder, { mode: 0o700 });
  }
}
