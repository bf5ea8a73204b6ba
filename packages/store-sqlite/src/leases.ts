import type { DatabaseSync } from "node:sqlite";
import { type Lease, TrainyardError } from "@trainyard/core";

/** The right to write to runs, as rows; every call belongs into a transaction. */
export interface Leases {
  /** Undefined while another owner's lease holds. */
  claim(runId: string, owner: string, ttlMs: number): Lease | undefined;
  renew(lease: Lease, ttlMs: number): void;
  /** Throws `STORE_CONFLICT` when a later claim has fenced this lease off. */
  check(lease: Lease): void;
}

/** Prepares the statements once. A lease that ran out is still held until somebody else claims the run. */
export function createLeases(db: DatabaseSync): Leases {
  const claim = db.prepare(`
    INSERT INTO leases (run_id, owner, epoch, expires_at) VALUES (:runId, :owner, 1, :now + :ttlMs)
    ON CONFLICT (run_id) DO UPDATE
      SET owner = excluded.owner, epoch = epoch + 1, expires_at = excluded.expires_at
      WHERE owner = excluded.owner OR expires_at <= :now
    RETURNING epoch`);
  const renew = db.prepare("UPDATE leases SET expires_at = ? WHERE run_id = ? AND epoch = ?");
  const held = db.prepare("SELECT 1 FROM leases WHERE run_id = ? AND epoch = ?");
  return {
    claim: (runId, owner, ttlMs) => {
      const row = claim.get({ runId, owner, ttlMs, now: Date.now() });
      return row && { runId, epoch: Number(row["epoch"]) };
    },
    renew: (lease, ttlMs) => {
      const { changes } = renew.run(Date.now() + ttlMs, lease.runId, lease.epoch);
      if (changes === 0) throw lost(lease);
    },
    check: (lease) => {
      if (!held.get(lease.runId, lease.epoch)) throw lost(lease);
    },
  };
}

function lost({ runId, epoch }: Lease): TrainyardError {
  return new TrainyardError(
    "STORE_CONFLICT",
    `The lease on run \`${runId}\` (epoch ${epoch}) was lost to another owner; stop working on the run and read its log.`,
    { data: { runId, epoch } },
  );
}
