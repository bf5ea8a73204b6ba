import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type ArtifactManifest, type ArtifactStore, TrainyardError } from "@trainyard/core";
import { blobPath, createLayout } from "./layout.ts";
import { readManifest } from "./manifest.ts";
import { materialize } from "./materialize.ts";
import { put } from "./put.ts";
import { readVerified, verifyFile } from "./verified.ts";
import { toStoreError } from "./fs-errors.ts";

/** Where {@link fsStore} keeps its blobs. */
export interface FsStoreOptions {
  /** Folder of the store, created when first used; readable by its owner only. One file system, with room for every artifact. */
  readonly path: string;
}

/**
 * Keeps artifacts as files named by their sha256. Several processes may share the folder. Every method throws
 * `STORE_UNAVAILABLE` when the folder cannot be used, `DISK_FULL`, and `INPUT_INVALID` for what is no digest.
 */
export function fsStore(options: FsStoreOptions): ArtifactStore {
  const root = resolve(options.path);
  const layout = createLayout(root);

  async function guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      await layout.open();
      return await work();
    } catch (thrown) {
      throw toStoreError(thrown, root);
    }
  }

  async function existing(digest: string): Promise<ArtifactManifest> {
    const manifest = await readManifest(root, digest);
    if (manifest) return manifest;
    throw new TrainyardError(
      "ARTIFACT_NOT_FOUND",
      `Artifact ${digest} is not in ${root}; run the step that makes it again.`,
    );
  }

  return {
    put: (source, labels) => guard(() => put(root, source, labels)),
    manifest: (digest) =>
      guard(async () => {
        const manifest = await readManifest(root, digest);
        return manifest && (await isWhole(root, manifest)) ? manifest : undefined;
      }),
    read: (digest, path) =>
      guard(async () => {
        const file = (await existing(digest)).files.find((candidate) => candidate.path === path);
        if (file) return readVerified(blobPath(root, file.sha256), file);
        throw new TrainyardError(
          "ARTIFACT_NOT_FOUND",
          `Artifact ${digest} has no file ${JSON.stringify(path)}; see its manifest.`,
        );
      }),
    materialize: (digest, folder) => guard(async () => materialize(root, await existing(digest), folder)),
    verify: (digest) =>
      guard(async () => {
        for (const file of (await existing(digest)).files)
          await verifyFile(blobPath(root, file.sha256), file);
      }),
  };
}

/** Whether every file lies in the store with its size; the content is verified when it is read. */
async function isWhole(root: string, { files }: ArtifactManifest): Promise<boolean> {
  for (const { sha256, sizeBytes } of files) {
    const found = await stat(blobPath(root, sha256)).catch(() => undefined);
    if (found?.size !== sizeBytes) return false;
  }
  return true;
}
