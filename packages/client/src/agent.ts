import type { Plan, Planner, RunEvent } from "@trainyard/core";
import { TrainyardError } from "@trainyard/core";
import type { TrainyardClient, WorkflowCheck, WorkflowHandle } from "./gateway/trainyard-client.ts";

/** A goal and what a planner made of it. */
export interface PlannedGoal extends Plan {
  readonly goal: string;
}

/** A started run and its events. */
export interface AgentRun extends WorkflowHandle {
  /** Every event from the first on; ends with `run-end`. */
  events(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<RunEvent>;
}

/** Goes the way from a goal to a run, one step at a time, so that a person can look in between. */
export interface Agent {
  /** Plans over what the gateway has registered. */
  plan(goal: string, options?: { readonly signal?: AbortSignal | undefined }): Promise<PlannedGoal>;
  /** What the plan would need; runs nothing. Throws `GOAL_UNCLEAR`. */
  check(plan: PlannedGoal): Promise<WorkflowCheck>;
  /** Starts the plan. Throws `GOAL_UNCLEAR` with the questions in `data.unresolved` while there are any. */
  run(plan: PlannedGoal, options?: { readonly cache?: boolean | undefined }): Promise<AgentRun>;
}

/** Makes an agent of a gateway and a planner. */
export function createAgent({
  client,
  planner,
}: {
  readonly client: TrainyardClient;
  readonly planner: Planner;
}): Agent {
  return {
    async plan(goal, { signal } = {}) {
      const catalog = await client.catalog();
      return { goal, ...(await planner.plan({ goal, catalog, signal })) };
    },
    async check(plan) {
      requireClear(plan);
      return client.checkWorkflow(plan.spec);
    },
    async run(plan, { cache } = {}) {
      requireClear(plan);
      const handle = await client.runWorkflow(plan.spec, { goal: plan.goal, cache });
      return { ...handle, events: ({ signal } = {}) => client.events(handle.runId, { signal }) };
    },
  };
}

function requireClear({ unresolved }: Plan): void {
  if (unresolved.length === 0) return;
  const questions = unresolved.map(({ question }) => question).join(" ");
  throw new TrainyardError("GOAL_UNCLEAR", `The goal leaves something open: ${questions}`, {
    data: { unresolved },
  });
}
