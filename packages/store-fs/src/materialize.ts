import { constants } from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ArtifactFile, ArtifactManifest } from "@trainyard/core";
import { notAllowed } from "./artifact-path.ts";
import { blobPath } from "./layout.ts";
import { verifyFile } from "./verified.ts";

/**
 * Lays an artifact out under an empty folder. Copies share blocks where the file system can, and never the file
 * itself: a consumer that writes to its copy must not change the store. On failure the folder is empty again.
 */
export async function materialize(root: string, manifest: ArtifactManifest, folder: string): Promise<string> {
  const target = resolve(folder);
  await prepare(target);
  try {
    for (const file of manifest.files) await layOut(root, file, target);
  } catch (thrown) {
    await empty(target);
    throw thrown;
  }
  return folder;
}

async function prepare(target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  if ((await lstat(target)).isSymbolicLink())
    throw notAllowed(target, "it is a link; name the folder itself");
  if ((await readdir(target)).length > 0)
    throw notAllowed(target, "it is not empty; name a new or empty folder");
}

/** Checks the copy and not the blob: what the consumer will read is what was verified. */
async function layOut(root: string, file: ArtifactFile, target: string): Promise<void> {
  const location = join(target, file.path);
  const blob = blobPath(root, file.sha256);
  await mkdir(dirname(location), { recursive: true });
  await copyFile(blob, location, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE).catch(
    async (thrown: unknown) => {
      await verifyFile(blob, file);
      throw thrown;
    },
  );
  await chmod(location, 0o644);
  await verifyFile(location, file);
}

async function empty(target: string): Promise<void> {
  for (const name of await readdir(target)) await rm(join(target, name), { recursive: true, force: true });
}
