import type PQueue from "p-queue";
import type { CompiledWorkflow } from "./compile.ts";
import { toTrainyardError } from "./errors.ts";
import type { ExecutorServices } from "./executor-options.ts";
import { keepLease } from "./lease.ts";
import type { RunLog } from "./run-log.ts";
import type { Lease, RunRecord } from "./run-store.ts";
import { runWorkflow } from "./run-workflow.ts";

/** A gateway that does not renew for this long, in ms, has lost its runs. */
export const LEASE_TTL_MS = 15_000;

/** A run on its way. */
export interface DrivenRun {
  readonly workflow: CompiledWorkflow;
  readonly lease: Lease;
  readonly log: RunLog;
  /** Aborted to cancel the run, and by a lost lease or a broken log. */
  readonly cancel: AbortController;
  readonly principal: string;
  readonly useCache: boolean;
  readonly random: () => number;
}

/** Takes a run whose start is written to its end. Never rejects. */
export async function driveRun(
  run: DrivenRun,
  services: ExecutorServices,
  queue: PQueue,
): Promise<RunRecord> {
  const { lease, log, cancel } = run;
  const stopRenewing = keepLease(services.runs, lease, LEASE_TTL_MS, (error) => cancel.abort(error));
  void log.broken.then((error) => cancel.abort(error));
  try {
    const scope = { ...run, runId: lease.runId, signal: cancel.signal, outputs: new Map() };
    const status = await runWorkflow(run.workflow, scope, services, queue);
    await log.append({ type: "run-end", status });
    return (await services.runs.run(lease.runId))!;
  } catch (thrown) {
    cancel.abort(thrown);
    return await brokenRun(run, services, thrown);
  } finally {
    stopRenewing();
  }
}

/** The log cannot be written: what is known is told to whoever waits, the store keeps what it has. */
async function brokenRun(
  { lease, workflow, principal }: DrivenRun,
  services: ExecutorServices,
  thrown: unknown,
): Promise<RunRecord> {
  const { runId } = lease;
  const stored = await services.runs.run(runId).catch(() => undefined);
  const { spec } = workflow;
  const fallback = { runId, name: spec.name, principal, spec, createdAt: Date.now(), lastSeq: 0 };
  return {
    ...(stored ?? fallback),
    status: "failed",
    error: toTrainyardError(thrown, "STORE_UNAVAILABLE").toRecord(),
  };
}
