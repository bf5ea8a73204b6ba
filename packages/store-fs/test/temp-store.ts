import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArtifactStore } from "@trainyard/core";
import { onTestFinished } from "vitest";
import { fsStore } from "../src/index.ts";

/** A store in a folder of its own. */
export interface TempStore {
  readonly store: ArtifactStore;
  readonly root: string;
  readonly corrupt: (sha256: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A folder that is gone when the test is over. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "store-fs-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Makes a store; closing it removes its folder. */
export async function tempStore(): Promise<TempStore> {
  const root = await mkdtemp(join(tmpdir(), "store-fs-"));
  return {
    store: fsStore({ path: root }),
    root,
    corrupt: (sha256) => flipBit(blobOf(root, sha256)),
    close: () => rm(root, { recursive: true, force: true }),
  };
}

/** Where the documented layout puts the content with this hash. */
export function blobOf(root: string, sha256: string): string {
  return join(root, "blobs", "sha256", sha256.slice(0, 2), sha256.slice(2));
}

/** Changes one bit and not the size. */
export async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[0]! ^= 1;
  await chmod(path, 0o600);
  await writeFile(path, bytes);
}
