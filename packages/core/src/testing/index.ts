export {
  describeRuntime,
  type RuntimeCaseContext,
  runtimeCases,
  type RuntimeHarness,
  type RuntimeSetup,
  withRuntimeContext,
} from "./runtime.ts";
export { type ArtifactStoreSetup, describeArtifactStore, withArtifactSubject } from "./artifact-store.ts";
export { artifactStoreCases } from "./artifact-store-cases.ts";
export type { ArtifactSubject } from "./artifact-subject.ts";
export { describeModelStore, type ModelStoreSetup } from "./model-store.ts";
export { modelStoreCases } from "./model-store-cases.ts";
export { describeRunStore, runStoreCases, type RunStoreSetup } from "./run-store.ts";
export type { ConformanceCase, ConformanceSkip } from "./suite.ts";
