import type { RunEvent, RunRecord, StepRecord } from "@trainyard/core";
import { advanceRun, advanceStep, startRun, type StepState } from "../src/fold.ts";

/** What a whole log implies, folded from nothing. */
export interface FoldedLog {
  readonly run: RunRecord | undefined;
  readonly steps: readonly StepState[];
}

/** Folds a log from its first event on, without the tables. */
export function foldLog(events: readonly RunEvent[]): FoldedLog {
  let run: RunRecord | undefined;
  const steps = new Map<string, StepState>();
  for (const event of events) {
    run = event.type === "run-start" ? startRun(event) : advanceRun(run as RunRecord, event);
    if (!("stepId" in event)) continue;
    const step = advanceStep(steps.get(event.stepId), event, (stepId) => run?.spec.steps[stepId]?.tool);
    if (step) steps.set(event.stepId, step);
  }
  return { run, steps: [...steps.values()] };
}

/** The public part of a folded step. */
export function publicStep(state: StepState): StepRecord {
  const { cacheKey: _, ...step } = state;
  return step;
}
