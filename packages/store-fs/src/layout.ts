import { mkdir, mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "./fs-errors.ts";

const STALE_AFTER_MS = 86_400_000;

/** The folder of a store, made ready once. */
export interface Layout {
  /** Creates the folders and sweeps what a killed process left over a day ago; later calls wait for the first. */
  open(): Promise<void>;
}

/** Prepares the layout under `root` without touching the disk yet. */
export function createLayout(root: string): Layout {
  let opening: Promise<void> | undefined;
  return {
    open: () => {
      opening ??= prepare(root).catch((thrown: unknown) => {
        // The cause may be gone at the next call, so that one tries again.
        opening = undefined;
        throw thrown;
      });
      return opening;
    },
  };
}

/** Where the content with this hash lies. */
export function blobPath(root: string, sha256: string): string {
  return join(blobsFolder(root), sha256.slice(0, 2), sha256.slice(2));
}

/** The folder whose subfolders hold the blobs. */
export function blobsFolder(root: string): string {
  return join(root, "blobs", "sha256");
}

/** A new folder on the same file system, from which files can be renamed into place. */
export function createStage(root: string): Promise<string> {
  return mkdtemp(join(tempFolder(root), "put-"));
}

/** Makes the entries of a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders; there a rename is durable by itself.
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function tempFolder(root: string): string {
  return join(root, "tmp");
}

async function prepare(root: string): Promise<void> {
  await mkdir(blobsFolder(root), { recursive: true, mode: 0o700 });
  await mkdir(tempFolder(root), { recursive: true, mode: 0o700 });
  await syncFolder(root);
  await sweep(tempFolder(root));
}

async function sweep(folder: string): Promise<void> {
  const oldest = Date.now() - STALE_AFTER_MS;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if ((await lastChange(path)) < oldest) await rm(path, { recursive: true, force: true });
  }
}

/** The newest change of a folder or of a file in it: a long copy changes only the file. */
async function lastChange(path: string): Promise<number> {
  try {
    const own = await stat(path);
    const names = own.isDirectory() ? await readdir(path) : [];
    const inner = await Promise.all(names.map((name) => stat(join(path, name))));
    return Math.max(...[own, ...inner].map((entry) => entry.mtimeMs));
  } catch (thrown) {
    // Another process has finished with it meanwhile.
    if (systemCode(thrown) === "ENOENT") return Number.POSITIVE_INFINITY;
    throw thrown;
  }
}
