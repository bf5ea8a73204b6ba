import { TrainyardError } from "./errors.ts";
import type { RunEventBody } from "./events.ts";
import type { ExecutorServices } from "./executor-options.ts";
import { JOB_GRACE_MS } from "./job-tracker.ts";
import { keepLease } from "./lease.ts";
import type { RunRecord, RunStore } from "./run-store.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Cancels a run whose gateway is gone: takes its lease over, makes sure that none of its jobs is alive, and writes the
 * end. Throws `STORE_CONFLICT` while another gateway holds the run.
 */
export async function cancelAbandoned(
  run: RunRecord,
  reason: string,
  owner: string,
  leaseTtlMs: number,
  { runs, runtime }: ExecutorServices,
): Promise<RunRecord> {
  const lease = await runs.claim(run.runId, owner, leaseTtlMs);
  const now = (await runs.run(run.runId))!;
  if (now.endedAt !== undefined) return now;
  if (!lease) {
    throw new TrainyardError(
      "STORE_CONFLICT",
      `Run \`${run.runId}\` is held by another gateway; cancel it there, or wait until its lease has run out.`,
      { retryable: true },
    );
  }
  const stopRenewing = keepLease(runs, lease, leaseTtlMs, () => undefined);
  try {
    const open = (await runs.steps(run.runId)).filter(
      ({ status }) => status === "queued" || status === "running",
    );
    await stopJobs(run.runId, new Set(open.map(({ stepId }) => stepId)), runs, runtime);
    const ends = open.map(({ stepId, attempt }): RunEventBody => ({
      type: "step-end",
      stepId,
      attempt,
      status: "cancelled",
    }));
    await runs.append(lease, [
      { type: "run-cancel", reason },
      ...ends,
      { type: "run-end", status: "cancelled" },
    ]);
    return (await runs.run(run.runId))!;
  } finally {
    stopRenewing();
  }
}

/** Every job that the open steps ever started: an attempt may have had several. */
async function stopJobs(
  runId: string,
  open: ReadonlySet<string>,
  runs: RunStore,
  runtime: Runtime,
): Promise<void> {
  const jobIds: string[] = [];
  for (let afterSeq = 0; ;) {
    const page = await runs.events(runId, { afterSeq });
    for (const event of page) {
      if (event.type === "step-job" && open.has(event.stepId) && event.runtime === runtime.name)
        jobIds.push(event.jobId);
    }
    if (page.length === 0) break;
    afterSeq = page.at(-1)!.seq;
  }
  const handles = await Promise.all(jobIds.map((jobId) => runtime.attach(jobId)));
  await Promise.all(handles.map(async (handle) => await handle?.stop({ graceMs: JOB_GRACE_MS })));
}
