import type PQueue from "p-queue";
import type { CompiledWorkflow } from "./compile.ts";
import { endBroken } from "./broken-run.ts";
import { toTrainyardError, TrainyardError } from "./errors.ts";
import type { ExecutorServices } from "./executor-options.ts";
import { keepLease } from "./lease.ts";
import type { RunLog } from "./run-log.ts";
import type { Lease, RunRecord } from "./run-store.ts";
import { runWorkflow } from "./run-workflow.ts";
import { inSlot } from "./slot.ts";

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

/** Takes a run whose start is written to its end. Never rejects; nothing of the run is alive when it resolves. */
export async function driveRun(
  run: DrivenRun,
  services: ExecutorServices,
  queue: PQueue,
): Promise<RunRecord> {
  const { lease, log, cancel } = run;
  const { signal } = cancel;
  const abort = (reason: unknown) => cancel.abort(reason);
  const stopRenewing = keepLease(services.runs, lease, LEASE_TTL_MS, abort);
  void log.broken.then(abort);
  const slot = <T>(work: () => Promise<T>): Promise<T> => inSlot(queue, signal, work);
  try {
    const scope = { ...run, runId: lease.runId, signal, slot, abort, outputs: new Map() };
    const status = await runWorkflow(run.workflow, scope, services);
    if (signal.aborted && !isCancel(signal.reason)) throw signal.reason;
    await log.append({ type: "run-end", status });
    return (await services.runs.run(lease.runId))!;
  } catch (thrown) {
    return await endBroken(run, services.runs, toTrainyardError(thrown, "STORE_UNAVAILABLE").toRecord());
  } finally {
    stopRenewing();
  }
}

function isCancel(reason: unknown): boolean {
  return TrainyardError.is(reason) && reason.code === "CANCELLED";
}
