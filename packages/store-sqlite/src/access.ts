import type { DatabaseSync } from "node:sqlite";
import { TrainyardError } from "@trainyard/core";
import { rollback } from "./migrate.ts";
import { toStoreError } from "./sqlite-errors.ts";

/** How the stores reach their database: errors mapped, writes in transactions. */
export interface Access {
  /** Runs a query; sees what is committed. */
  read<T>(query: () => T): Promise<T>;
  /** Runs `work` in a transaction of its own effect: whole or not at all. Resolves once it is durable. */
  write<T>(work: () => T): Promise<T>;
  close(): Promise<void>;
}

interface Pending {
  readonly work: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: TrainyardError) => void;
}

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** The writes of one turn of the event loop share one commit, each behind its own savepoint. */
export function createAccess(db: DatabaseSync, path: string): Access {
  let pending: Pending[] = [];
  let closed = false;

  function flush(): void {
    const batch = pending;
    pending = [];
    try {
      const outcomes = commit(db, batch);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index] as Outcome;
        if ("error" in outcome) reject(toStoreError(outcome.error, path));
        else resolve(outcome.value as never);
      }
    } catch (thrown) {
      for (const { reject } of batch) reject(toStoreError(thrown, path));
    }
  }

  function assertOpen(): void {
    if (closed)
      throw new TrainyardError("STORE_UNAVAILABLE", `The store of ${path} is closed; open it again.`);
  }

  return {
    read: async (query) => {
      assertOpen();
      try {
        return query();
      } catch (thrown) {
        throw toStoreError(thrown, path);
      }
    },
    write: async (work) => {
      assertOpen();
      return new Promise((resolve, reject) => {
        if (pending.push({ work, resolve, reject }) === 1) setImmediate(flush);
      });
    },
    close: async () => {
      if (closed) return;
      closed = true;
      if (pending.length > 0) flush();
      db.close();
    },
  };
}

function commit(db: DatabaseSync, batch: readonly Pending[]): Outcome[] {
  if (batch.length === 0) return [];
  db.exec("BEGIN IMMEDIATE");
  try {
    const outcomes = batch.map(({ work }) => attempt(db, work));
    db.exec("COMMIT");
    return outcomes;
  } catch (thrown) {
    rollback(db);
    throw thrown;
  }
}

function attempt(db: DatabaseSync, work: () => unknown): Outcome {
  db.exec("SAVEPOINT one");
  try {
    const value = work();
    db.exec("RELEASE one");
    return { value };
  } catch (error) {
    undo(db, error);
    return { error };
  }
}

/** A full disk ends the whole transaction; then the savepoint is gone, and so is the work of the others. */
function undo(db: DatabaseSync, error: unknown): void {
  try {
    db.exec("ROLLBACK TO one; RELEASE one");
  } catch {
    throw error;
  }
}
