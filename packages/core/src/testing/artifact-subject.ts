import type { ArtifactStore } from "../artifact-store.ts";

/** What a case works on. */
export interface ArtifactSubject {
  readonly store: ArtifactStore;
  /** Changes the stored bytes of a file. */
  readonly corrupt: (sha256: string) => Promise<void>;
  /** An empty folder for sources and copies. */
  readonly folder: string;
}
