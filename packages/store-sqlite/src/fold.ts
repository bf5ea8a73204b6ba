import {
  type RunEvent,
  type RunEventOf,
  type RunRecord,
  type StepRecord,
  TrainyardError,
} from "@trainyard/core";

/** The part of a run that events after the first can change. */
export type RunHead = Pick<RunRecord, "status" | "endedAt" | "error" | "lastSeq">;
/** A step with the cache key under which its outputs can be found. */
export type StepState = StepRecord & { readonly cacheKey?: string | undefined };

/** The run that a `run-start` makes. */
export function startRun(event: RunEventOf<"run-start">): RunRecord {
  return {
    runId: event.runId,
    name: event.spec.name,
    goal: event.goal,
    principal: event.principal,
    spec: event.spec,
    status: "running",
    createdAt: event.at,
    lastSeq: event.seq,
  };
}

/** The run after any later event. */
export function advanceRun<T extends RunHead>(run: T, event: RunEvent): T {
  const next = { ...run, lastSeq: event.seq };
  if (event.type === "run-end")
    return { ...next, status: event.status, endedAt: event.at, error: event.error };
  if (event.type === "run-cancel" && run.status === "running") return { ...next, status: "cancelling" };
  return next;
}

/**
 * The step after an event of its; `toolOf` knows the tools of steps that end or start without having been queued.
 * Throws `INPUT_INVALID` for a step nobody knows.
 */
export function advanceStep(
  step: StepState | undefined,
  event: Extract<RunEvent, { readonly stepId: string }>,
  toolOf: (stepId: string) => string | undefined,
): StepState | undefined {
  if (event.type === "step-progress" || event.type === "step-metric" || event.type === "step-log")
    return step;
  const base = step ?? newStep(event, toolOf);
  switch (event.type) {
    case "step-queue":
      return { ...base, tool: event.tool, status: "queued" };
    case "step-start":
      return {
        ...newAttempt(base, event.attempt),
        status: "running",
        startedAt: event.at,
        input: event.input,
      };
    case "step-job":
      return {
        ...base,
        attempt: event.attempt,
        job: { runtime: event.runtime, jobId: event.jobId, handle: event.handle },
      };
    case "step-retry":
      return { ...newAttempt(base, event.attempt), status: "queued", error: event.error };
    case "step-end":
      return {
        ...base,
        status: event.status,
        attempt: event.attempt,
        endedAt: event.at,
        outputs: event.outputs,
        error: event.error,
        cacheKey: event.cacheKey,
        cachedFrom: event.cachedFrom,
      };
  }
}

function newStep(
  event: Extract<RunEvent, { readonly stepId: string }>,
  toolOf: (stepId: string) => string | undefined,
): StepState {
  const tool = event.type === "step-queue" ? event.tool : toolOf(event.stepId);
  if (tool === undefined) {
    throw new TrainyardError(
      "INPUT_INVALID",
      `\`${event.type}\` names step \`${event.stepId}\`, which is neither queued nor in the run's workflow; append \`step-queue\` first.`,
    );
  }
  return { stepId: event.stepId, tool, status: "queued", attempt: 0 };
}

/** What belongs to an earlier attempt must not show beside a later one. */
function newAttempt(step: StepState, attempt: number): StepState {
  const { stepId, tool, status, input, startedAt } = step;
  return { stepId, tool, status, attempt, input, startedAt };
}
