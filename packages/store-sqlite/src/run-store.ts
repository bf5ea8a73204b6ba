import type { DatabaseSync } from "node:sqlite";
import type { CachedStep, RunStore } from "@trainyard/core";
import type { Access } from "./access.ts";
import { fromText } from "./json-text.ts";
import { createLeases } from "./leases.ts";
import { checkInteger, checkRunId, checkTtl } from "./run-input.ts";
import { createRunLog } from "./run-log.ts";
import { type EventRow, type RunRow, type StepRow, toEvent, toRun, toStep } from "./run-rows.ts";

/** The run log on a database that {@link Access} guards. */
export function createRunStore(db: DatabaseSync, access: Access): RunStore {
  const leases = createLeases(db);
  const append = createRunLog(db);
  const sql = prepare(db);
  return {
    claim: async (runId, owner, ttlMs) => {
      checkRunId(runId);
      checkTtl(ttlMs);
      return access.write(() => leases.claim(runId, owner, ttlMs));
    },
    renew: async (lease, ttlMs) => {
      checkTtl(ttlMs);
      return access.write(() => leases.renew(lease, ttlMs));
    },
    append: (lease, events) =>
      access.write(() => {
        leases.check(lease);
        return append(lease, events);
      }),
    events: async (runId, { afterSeq = 0, limit = 1000 } = {}) => {
      checkInteger("afterSeq", afterSeq, 0);
      checkInteger("limit", limit, 1);
      return access.read(() =>
        (sql.events.all(runId, afterSeq, limit) as unknown as EventRow[]).map(toEvent),
      );
    },
    run: (runId) =>
      access.read(() => {
        const row = sql.run.get(runId) as RunRow | undefined;
        return row && toRun(row);
      }),
    steps: (runId) =>
      access.read(() =>
        (sql.steps.all(runId) as unknown as StepRow[]).map((row) => {
          const { cacheKey: _, ...step } = toStep(row);
          return step;
        }),
      ),
    runs: async ({ limit = 50, principal } = {}) => {
      checkInteger("limit", limit, 1);
      return access.read(() => {
        const rows = principal === undefined ? sql.runs.all(limit) : sql.runsOf.all(principal, limit);
        return (rows as unknown as RunRow[]).map(toRun);
      });
    },
    cached: (cacheKey) =>
      access.read(() => {
        const row = sql.cached.get(cacheKey) as StepRow | undefined;
        return row && toCached(row);
      }),
    close: access.close,
  };
}

function toCached(row: StepRow): CachedStep {
  const outputs = fromText<CachedStep["outputs"]>(row.outputs) ?? {};
  return { runId: row.run_id, stepId: row.step_id, outputs };
}

function prepare(db: DatabaseSync) {
  return {
    events: db.prepare("SELECT * FROM events WHERE run_id = ? AND seq > ? ORDER BY seq LIMIT ?"),
    run: db.prepare("SELECT * FROM runs WHERE run_id = ?"),
    steps: db.prepare("SELECT * FROM steps WHERE run_id = ? ORDER BY rowid"),
    runs: db.prepare("SELECT * FROM runs ORDER BY created_at DESC, rowid DESC LIMIT ?"),
    runsOf: db.prepare("SELECT * FROM runs WHERE principal = ? ORDER BY created_at DESC, rowid DESC LIMIT ?"),
    cached: db.prepare(`
      SELECT * FROM steps WHERE cache_key = ? AND status = 'succeeded'
      ORDER BY ended_at DESC, rowid DESC LIMIT 1`),
  };
}
