import type {
  ErrorRecord,
  Progress,
  RunEvent,
  RunEventOf,
  RunStatus,
  StepStatus,
  WorkflowSpecInput,
} from "@trainyard/core";

/** Where a step stands. */
export interface StepView {
  readonly stepId: string;
  readonly tool: string;
  readonly status: "waiting" | "queued" | "running" | "retrying" | StepStatus;
  readonly attempt: number;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly progress?: Progress | undefined;
  /** The first progress of what is being counted now, from which the remaining time is drawn. */
  readonly progressFrom?: { readonly at: number; readonly current: number } | undefined;
  readonly progressAt?: number | undefined;
  /** Last value of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly error?: ErrorRecord | undefined;
  readonly reason?: string | undefined;
}

/** A run as its events tell it. */
export interface RunView {
  readonly steps: ReadonlyMap<string, StepView>;
  readonly status: "running" | "cancelling" | RunStatus;
}

/** A run of which nothing is known yet but its workflow. */
export function emptyRunView(spec: WorkflowSpecInput): RunView {
  const steps = Object.entries(spec.steps).map(([stepId, { tool }]): [string, StepView] => [
    stepId,
    { stepId, tool, status: "waiting", attempt: 0, metrics: {} },
  ]);
  return { steps: new Map(steps), status: "running" };
}

/** The view after one more event. */
export function applyEvent(view: RunView, event: RunEvent): RunView {
  if (event.type === "run-cancel") return { ...view, status: "cancelling" };
  if (event.type === "run-end") return { ...view, status: event.status };
  if (event.type === "run-start") return view;
  const step = view.steps.get(event.stepId);
  if (!step) return view;
  return { ...view, steps: new Map(view.steps).set(event.stepId, applyToStep(step, event)) };
}

type StepEvent = Extract<RunEvent, { readonly stepId: string }>;

function applyToStep(step: StepView, event: StepEvent): StepView {
  switch (event.type) {
    case "step-queue":
      return { ...step, status: "queued" };
    case "step-start":
      return {
        ...step,
        status: "running",
        attempt: event.attempt,
        startedAt: step.startedAt ?? event.at,
        progress: undefined,
        progressFrom: undefined,
      };
    case "step-progress":
      return withProgress(step, event);
    case "step-metric":
      return { ...step, metrics: { ...step.metrics, ...event.values } };
    case "step-retry":
      return { ...step, status: "retrying", error: event.error };
    case "step-end":
      return { ...step, status: event.status, endedAt: event.at, error: event.error, reason: event.reason };
    case "step-job":
    case "step-log":
      return step;
  }
}

function withProgress(step: StepView, event: RunEventOf<"step-progress">): StepView {
  const { current, total, unit, message, at } = event;
  const last = step.progress;
  // Another total or a smaller count is another thing being counted: its time says nothing about this one.
  const anew = last?.total !== total || last?.unit !== unit || (current ?? 0) < (last?.current ?? 0);
  const progress = {
    ...(current !== undefined && { current }),
    ...(total !== undefined && { total }),
    ...(unit !== undefined && { unit }),
    ...(message !== undefined && { message }),
  };
  const from = current === undefined ? undefined : { at, current };
  return {
    ...step,
    progress,
    progressAt: at,
    progressFrom: anew || !step.progressFrom ? from : step.progressFrom,
  };
}
