import type { Executor, ModelStore, Registry, RunStore } from "@trainyard/core";

/** What the gateway's tools and routes work on. */
export interface Services {
  readonly registry: Registry;
  readonly executor: Executor;
  readonly runs: RunStore;
  readonly models: ModelStore;
}
