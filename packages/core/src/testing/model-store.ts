import type { ModelStore } from "../model-store.ts";
import { modelStoreCases } from "./model-store-cases.ts";
import { type ConformanceSkip, describeCases } from "./suite.ts";

/** How the kit gets stores to test. */
export interface ModelStoreSetup {
  /** Makes an empty store, once per case. */
  create(): Promise<{ readonly store: ModelStore; close(): Promise<void> }>;
  /** Cases this store cannot pass. */
  readonly skip?: readonly ConformanceSkip[];
}

/** Tests a {@link ModelStore} against its contract. */
export function describeModelStore(name: string, setup: ModelStoreSetup): void {
  describeCases(name, modelStoreCases, setup.skip ?? [], async (one) => {
    const { store, close } = await setup.create();
    try {
      await one.run(store);
    } finally {
      await close();
    }
  });
}
