import { resolve } from "node:path";
import { type ModelStore, type RunStore, TrainyardError } from "@trainyard/core";
import { createModelStore } from "./model-store.ts";
import { openDatabase } from "./open-database.ts";
import { createRunStore } from "./run-store.ts";
import { createAccess } from "./access.ts";

/** Where {@link sqliteStore} keeps its state. */
export interface SqliteStoreOptions {
  /** Database file, created with its folder where missing; readable by its owner only. */
  readonly path: string;
  /** Longest wait for another process that writes, in ms; 0 to 600000. Default 5000. */
  readonly busyTimeoutMs?: number;
}

/** The stores of one SQLite file. */
export interface SqliteStore {
  readonly runs: RunStore;
  readonly models: ModelStore;
  /** Writes what is pending and closes the file; the stores are unusable after it. Idempotent, the same as `runs.close`. */
  close(): Promise<void>;
}

const MAX_BUSY_TIMEOUT_MS = 600_000;

/**
 * Keeps the run log and the model registry in one SQLite file, durable once a promise resolves. Several processes may
 * share the file on one machine. Throws `STORE_UNAVAILABLE`, `STORE_TOO_NEW`, `DISK_FULL`, `INPUT_INVALID`.
 */
export function sqliteStore(options: SqliteStoreOptions): SqliteStore {
  const busyTimeoutMs = options.busyTimeoutMs ?? 5000;
  if (!Number.isInteger(busyTimeoutMs) || busyTimeoutMs < 0 || busyTimeoutMs > MAX_BUSY_TIMEOUT_MS) {
    throw new TrainyardError(
      "INPUT_INVALID",
      `\`busyTimeoutMs\` is ${busyTimeoutMs}; give a whole number from 0 to ${MAX_BUSY_TIMEOUT_MS}.`,
    );
  }
  const path = resolve(options.path);
  const db = openDatabase(path, busyTimeoutMs);
  const access = createAccess(db, path);
  return {
    runs: createRunStore(db, access),
    models: createModelStore(db, access),
    close: access.close,
  };
}
