import type { ArtifactStore } from "./artifact-store.ts";
import type { ModelStore } from "./model-store.ts";
import type { Registry } from "./registry.ts";
import type { RunStore } from "./run-store.ts";
import type { Runtime } from "./runtime.ts";

/** What an executor works with. */
export interface ExecutorServices {
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly artifacts: ArtifactStore;
  readonly models: ModelStore;
  readonly runtime: Runtime;
  /** Absolute folder for the working directories of attempts. */
  readonly workRoot: string;
}

/** Options of `createExecutor`. */
export interface ExecutorOptions extends ExecutorServices {
  /** Steps that run at the same time, over all runs; 1 and up. Default: the number of cores, at least 2. */
  readonly concurrency?: number | undefined;
  /** Gives numbers in [0, 1) for retry jitter. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
}
