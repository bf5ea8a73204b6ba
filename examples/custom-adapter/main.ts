// Runs the conformance kit for artifact stores against the store of memory-store.ts, case by case. In a test suite,
// `describeArtifactStore` of the same module does this with vitest.
import { artifactStoreCases, withArtifactSubject } from "@trainyard/core/testing";
import { memoryArtifactStore } from "./memory-store.ts";

let failed = 0;
for (const { id, run } of artifactStoreCases) {
  const store = memoryArtifactStore();
  const corrupt = async (sha256: string) =>
    void store.blobs.set(
      sha256,
      store.blobs.get(sha256)!.map((byte) => byte ^ 1),
    );
  try {
    await withArtifactSubject({ store, corrupt }, run);
    console.log(`ok   ${id}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL ${id}: ${(error as Error).message}`);
  }
}
if (artifactStoreCases.length === 0 || failed > 0) process.exit(1);
console.log("custom-adapter: ok");
