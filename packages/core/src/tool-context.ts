import { mkdir, rm } from "node:fs/promises";
import { TrainyardError } from "./errors.ts";
import type { Progress } from "./events.ts";
import type { ExecutorServices } from "./executor-options.ts";
import { type JobTracker, trackJobs } from "./job-tracker.ts";
import type { RunLog } from "./run-log.ts";
import type { ToolContext } from "./tool.ts";

const MAX_LOG_CHARACTERS = 8192;

/** Which attempt a context is for. */
export interface AttemptIdentity {
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
}

/** Makes the context of one attempt, with an empty working directory. */
export async function createToolContext(
  { runId, stepId, attempt }: AttemptIdentity,
  services: ExecutorServices,
  log: RunLog,
  signal: AbortSignal,
): Promise<{ readonly context: ToolContext; readonly jobs: JobTracker }> {
  const workdir = attemptFolder(services.workRoot, { runId, stepId, attempt });
  await rm(workdir, { recursive: true, force: true });
  await mkdir(workdir, { recursive: true });
  const jobs = trackJobs(services.runtime, `${runId}.${stepId}.${attempt}`, signal, (handle) =>
    log.append({
      type: "step-job",
      stepId,
      attempt,
      runtime: services.runtime.name,
      jobId: handle.id,
      handle: handle.ref,
    }),
  );
  const context: ToolContext = {
    runId,
    stepId,
    attempt,
    idempotencyKey: `${runId}/${stepId}`,
    workdir,
    signal,
    artifacts: services.artifacts,
    models: services.models,
    runtime: jobs.runtime,
    log: (level, message) =>
      log.note({ type: "step-log", stepId, level, message: message.slice(0, MAX_LOG_CHARACTERS) }),
    progress: (progress) => log.note({ type: "step-progress", stepId, ...known(progress) }),
    metric: (values, options) => {
      checkFinite(values);
      log.note({
        type: "step-metric",
        stepId,
        ...(options?.step !== undefined && { step: options.step }),
        values: { ...values },
      });
    },
  };
  return { context, jobs };
}

/** The directory of one attempt. */
export function attemptFolder(workRoot: string, { runId, stepId, attempt }: AttemptIdentity): string {
  return `${workRoot}/${runId}/${stepId}/${attempt}`;
}

function known({ current, total, unit, message }: Progress): Progress {
  return {
    ...(current !== undefined && { current }),
    ...(total !== undefined && { total }),
    ...(unit !== undefined && { unit }),
    ...(message !== undefined && { message }),
  };
}

function checkFinite(values: Readonly<Record<string, number>>): void {
  const bad = Object.entries(values).find(([, value]) => !Number.isFinite(value));
  if (bad)
    throw new TrainyardError(
      "OUTPUT_INVALID",
      `Metric \`${bad[0]}\` is ${bad[1]}; metrics must be finite numbers.`,
    );
}
