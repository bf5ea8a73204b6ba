import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArtifactStore } from "../artifact-store.ts";
import { artifactStoreCases } from "./artifact-store-cases.ts";
import type { ArtifactSubject } from "./artifact-subject.ts";
import { type ConformanceSkip, describeCases } from "./suite.ts";

/** How the kit gets stores to test. */
export interface ArtifactStoreSetup {
  /** Makes an empty store, once per case. */
  create(): Promise<{
    readonly store: ArtifactStore;
    /** Changes stored bytes behind the store's back, as a failing disk would; the size may stay. */
    corrupt(sha256: string): Promise<void>;
    close(): Promise<void>;
  }>;
  /** Cases this store cannot pass. */
  readonly skip?: readonly ConformanceSkip[];
}

/** Tests an {@link ArtifactStore} against its contract. */
export function describeArtifactStore(name: string, setup: ArtifactStoreSetup): void {
  describeCases(name, artifactStoreCases, setup.skip ?? [], async (one) => {
    const { store, corrupt, close } = await setup.create();
    try {
      await withArtifactSubject({ store, corrupt }, one.run);
    } finally {
      await close();
    }
  });
}

/** Gives a case its scratch folder and removes it afterwards. */
export async function withArtifactSubject(
  subject: Omit<ArtifactSubject, "folder">,
  run: (subject: ArtifactSubject) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "artifact-store-"));
  try {
    await run({ ...subject, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
