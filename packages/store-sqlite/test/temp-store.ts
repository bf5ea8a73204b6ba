import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { sqliteStore, type SqliteStore } from "../src/index.ts";

/** Where files need no disk, for tests that make hundreds of stores. */
export const memoryFolder = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A folder that is gone when the test is over. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "store-sqlite-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A store in a folder of its own; closing it removes both. */
export async function tempStore(parent = tmpdir()): Promise<SqliteStore> {
  const folder = await mkdtemp(join(parent, "store-sqlite-"));
  const store = sqliteStore({ path: join(folder, "state.db") });
  const close = async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { ...store, close };
}
