import { artifactStorePutCases } from "./artifact-store-put-cases.ts";
import { artifactStoreReadCases } from "./artifact-store-read-cases.ts";
import type { ArtifactSubject } from "./artifact-subject.ts";
import type { ConformanceCase } from "./suite.ts";

/** The rules of `ArtifactStore` as data, for running them without vitest's `describe`. */
export const artifactStoreCases: readonly ConformanceCase<ArtifactSubject>[] = [
  ...artifactStorePutCases,
  ...artifactStoreReadCases,
];
