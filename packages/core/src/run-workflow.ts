import type { CompiledStep, CompiledWorkflow } from "./compile.ts";
import type { RunEventBody, RunStatus } from "./events.ts";
import type { ExecutorServices } from "./executor-options.ts";
import type { JsonValue } from "./json.ts";
import { type RunScope, runStep, type StepEnd } from "./run-step.ts";

/** Everything a run needs beside its workflow; `outputs` fills up as steps end. */
export interface WorkflowScope extends Omit<RunScope, "outputs"> {
  readonly outputs: Map<string, Readonly<Record<string, JsonValue>>>;
  /** Stops everything that runs, when the run cannot go on. */
  readonly abort: (reason: unknown) => void;
}

/**
 * Runs every step once its dependencies have succeeded. What depends on a failed step is skipped, independent steps go
 * on. Ready steps come from counts of unmet dependencies: O(edges) for the whole run.
 */
export async function runWorkflow(
  workflow: CompiledWorkflow,
  scope: WorkflowScope,
  services: ExecutorServices,
): Promise<RunStatus> {
  const waitingFor = new Map([...workflow.steps.values()].map((step) => [step.id, step.dependencies.size]));
  const ended = new Map<string, StepEnd["status"]>();
  const begun: Promise<void>[] = [];
  const done = Promise.withResolvers<void>();

  async function begin(step: CompiledStep): Promise<void> {
    await end(await runStep(step, scope, services));
  }

  async function end(stepEnd: StepEnd): Promise<void> {
    const { ready, skipped } = settle(stepEnd);
    const queued = ready.map((step): RunEventBody => ({
      type: "step-queue",
      stepId: step.id,
      tool: step.tool.name,
    }));
    // The start of what comes next is in the same commit as the end it waited for.
    await scope.log.append(stepEnd, ...queued, ...skipped);
    admit(ready);
    if (ended.size === workflow.steps.size) done.resolve();
  }

  function settle(stepEnd: StepEnd): { readonly ready: CompiledStep[]; readonly skipped: StepEnd[] } {
    ended.set(stepEnd.stepId, stepEnd.status);
    if (stepEnd.outputs) scope.outputs.set(stepEnd.stepId, stepEnd.outputs);
    if (stepEnd.status !== "succeeded" && stepEnd.status !== "cached") {
      return { ready: [], skipped: skipBelow(stepEnd.stepId, stepEnd.status) };
    }
    const ready = workflow.graph.outNeighbors(stepEnd.stepId).filter((id) => {
      const left = waitingFor.get(id)! - 1;
      waitingFor.set(id, left);
      return left === 0 && !ended.has(id);
    });
    return { ready: ready.map((id) => workflow.steps.get(id)!), skipped: [] };
  }

  function skipBelow(stepId: string, status: StepEnd["status"]): StepEnd[] {
    const skipped: StepEnd[] = [];
    const stack = [...workflow.graph.outNeighbors(stepId)];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (ended.has(id)) continue;
      const cancelled = status === "cancelled";
      ended.set(id, cancelled ? "cancelled" : "skipped");
      const reason = `step \`${stepId}\` ${cancelled ? "was cancelled" : "failed"}`;
      skipped.push({
        type: "step-end",
        stepId: id,
        status: cancelled ? "cancelled" : "skipped",
        attempt: 0,
        reason,
      });
      stack.push(...workflow.graph.outNeighbors(id));
    }
    return skipped;
  }

  function admit(steps: readonly CompiledStep[]): void {
    for (const step of steps) begun.push(begin(step).catch(done.reject));
  }

  const roots = [...workflow.steps.values()].filter((step) => step.dependencies.size === 0);
  await scope.log.append(
    ...roots.map((step): RunEventBody => ({ type: "step-queue", stepId: step.id, tool: step.tool.name })),
  );
  admit(roots);
  await done.promise.catch(async (error: unknown) => {
    scope.abort(error);
    await Promise.all(begun);
    throw error;
  });
  return statusOf([...ended.values()], scope.signal.aborted);
}

function statusOf(statuses: readonly StepEnd["status"][], aborted: boolean): RunStatus {
  if (statuses.includes("failed")) return "failed";
  return aborted && statuses.includes("cancelled") ? "cancelled" : "succeeded";
}
