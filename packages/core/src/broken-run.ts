import { setTimeout as sleep } from "node:timers/promises";
import type { DrivenRun } from "./drive-run.ts";
import { type ErrorRecord, TrainyardError } from "./errors.ts";
import type { RunEventBody } from "./events.ts";
import type { RunRecord, RunStore } from "./run-store.ts";

/** Pauses in ms between tries to write the end of a run whose log failed. */
const PAUSES_MS = [0, 200, 1000];

/**
 * Ends a run that cannot go on, past its log: a short fault of the store must not leave it running for ever. Where the
 * end cannot be written either, whoever waits is told, and the lease runs out.
 */
export async function endBroken(run: DrivenRun, runs: RunStore, error: ErrorRecord): Promise<RunRecord> {
  const { lease, workflow, principal } = run;
  for (const pauseMs of PAUSES_MS) {
    await sleep(pauseMs);
    const written = await writeEnd(run, runs, error).catch((thrown: unknown) => isLost(thrown));
    if (written) break;
  }
  const { spec } = workflow;
  const stored = await runs.run(lease.runId).catch(() => undefined);
  const unknown = { runId: lease.runId, name: spec.name, principal, spec, createdAt: Date.now(), lastSeq: 0 };
  return { ...(stored ?? unknown), status: "failed", error };
}

async function writeEnd({ lease }: DrivenRun, runs: RunStore, error: ErrorRecord): Promise<boolean> {
  const open = (await runs.steps(lease.runId)).filter(
    ({ status }) => status === "queued" || status === "running",
  );
  const ends = open.map(({ stepId, attempt }): RunEventBody => ({
    type: "step-end",
    stepId,
    attempt,
    status: "failed",
    error,
  }));
  await runs.append(lease, [...ends, { type: "run-end", status: "failed", error }]);
  return true;
}

/** Another gateway has the run now: its end is not ours to write. */
function isLost(thrown: unknown): boolean {
  return TrainyardError.is(thrown) && thrown.code === "STORE_CONFLICT";
}
