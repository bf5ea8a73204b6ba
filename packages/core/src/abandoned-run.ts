import { TrainyardError } from "./errors.ts";
import type { RunEventBody } from "./events.ts";
import type { ExecutorServices } from "./executor-options.ts";
import { JOB_GRACE_MS } from "./job-tracker.ts";
import type { RunRecord, StepRecord } from "./run-store.ts";

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
  if (!lease) {
    throw new TrainyardError(
      "STORE_CONFLICT",
      `Run \`${run.runId}\` is held by another gateway; cancel it there, or wait until its lease has run out.`,
      {
        retryable: true,
      },
    );
  }
  const open = (await runs.steps(run.runId)).filter(
    (step) => step.status === "queued" || step.status === "running",
  );
  await Promise.all(open.map((step) => stopJob(step, runtime)));
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
}

async function stopJob(step: StepRecord, runtime: ExecutorServices["runtime"]): Promise<void> {
  const handle = step.job && (await runtime.attach(step.job.jobId));
  await handle?.stop({ graceMs: JOB_GRACE_MS });
}
