import type { DatabaseSync } from "node:sqlite";
import { TrainyardError } from "@trainyard/core";
import { migrations } from "./migrations.ts";

/** Marks a file as ours, so that another program's database is never written to. */
const APPLICATION_ID = 0x5472_7964;

/** Refuses databases of other programs and of newer versions, without writing. Throws `STORE_UNAVAILABLE`, `STORE_TOO_NEW`. */
export function checkOrigin(db: DatabaseSync, path: string): void {
  const tables = db.prepare("SELECT count(*) AS value FROM sqlite_schema").get()?.["value"];
  if (pragma(db, "application_id") !== APPLICATION_ID && tables !== 0) {
    throw new TrainyardError(
      "STORE_UNAVAILABLE",
      `${path} is a database of another program; set another path for Trainyard's state.`,
    );
  }
  const version = pragma(db, "user_version");
  if (version > migrations.length) {
    throw new TrainyardError(
      "STORE_TOO_NEW",
      `${path} was written by a newer Trainyard (its format is ${version}, this version knows ${migrations.length}); ` +
        "update Trainyard, or set another path.",
      { data: { found: version, known: migrations.length } },
    );
  }
}

/** Brings the tables forward, one transaction a step; safe when several processes open the file at once. */
export function migrate(db: DatabaseSync, path: string): void {
  while (pragma(db, "user_version") < migrations.length) {
    db.exec("BEGIN IMMEDIATE");
    try {
      checkOrigin(db, path);
      const version = pragma(db, "user_version");
      const sql = migrations[version];
      if (sql !== undefined) {
        db.exec(sql);
        db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
        db.exec(`PRAGMA user_version = ${version + 1}`);
      }
      db.exec("COMMIT");
    } catch (thrown) {
      rollback(db);
      throw thrown;
    }
  }
}

/** Ends a transaction that SQLite may have ended itself, as it does when the disk is full. */
export function rollback(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // No transaction is left, which is what was asked for.
  }
}

function pragma(db: DatabaseSync, name: "application_id" | "user_version"): number {
  return Number(db.prepare(`PRAGMA ${name}`).get()?.[name]);
}
