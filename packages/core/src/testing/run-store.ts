import type { RunStore } from "../run-store.ts";
import { runStoreLeaseCases } from "./run-store-lease-cases.ts";
import { runStoreLogCases } from "./run-store-log-cases.ts";
import { runStoreStateCases } from "./run-store-state-cases.ts";
import { type ConformanceCase, type ConformanceSkip, describeCases } from "./suite.ts";

/** How the kit gets stores to test. */
export interface RunStoreSetup {
  /** Makes an empty store, once per case. */
  create(): Promise<{ readonly store: RunStore; close(): Promise<void> }>;
  /** Cases this store cannot pass. */
  readonly skip?: readonly ConformanceSkip[];
}

/** The rules of {@link RunStore} as data, for running them without vitest's `describe`. */
export const runStoreCases: readonly ConformanceCase<RunStore>[] = [
  ...runStoreLeaseCases,
  ...runStoreLogCases,
  ...runStoreStateCases,
];

/** Tests a {@link RunStore} against its contract. */
export function describeRunStore(name: string, setup: RunStoreSetup): void {
  describeCases(name, runStoreCases, setup.skip ?? [], async (one) => {
    const { store, close } = await setup.create();
    try {
      await one.run(store);
    } finally {
      await close();
    }
  });
}
