import type { ArtifactRef } from "@trainyard/core";

/**
 * Whether an output was made from something that its input does not pin, such as a folder or the latest version of a
 * registered model: a cached one can be stale.
 */
export function isFloating(ref: ArtifactRef): boolean {
  return ref.meta?.["floating"] === true;
}
