import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TrainyardError } from "@trainyard/core";
import { checkOrigin, migrate } from "./migrate.ts";
import { toStoreError } from "./sqlite-errors.ts";

/** Opens the database with its settings and the newest tables; on failure nothing stays open. */
export function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    createPrivateFile(path);
    db = new DatabaseSync(path);
    db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    // Before anything is written: a file of another program must stay as it is.
    checkOrigin(db, path);
    configure(db, path);
    migrate(db, path);
    return db;
  } catch (thrown) {
    db?.close();
    throw toStoreError(thrown, path);
  }
}

/** SQLite gives its side files the mode of the main file, so that one has to be private from the start. */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
  }
}

function configure(db: DatabaseSync, path: string): void {
  const mode = db.prepare("PRAGMA journal_mode = WAL").get();
  if (mode?.["journal_mode"] !== "wal") {
    throw new TrainyardError(
      "STORE_UNAVAILABLE",
      `The file system of ${path} cannot share memory between processes, which SQLite's WAL needs; put it on a local disk.`,
    );
  }
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA foreign_keys = ON");
  db.exec("PRAGMA trusted_schema = OFF");
}
