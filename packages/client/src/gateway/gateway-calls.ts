import type { ErrorRecord, JsonObject, WorkflowSpecInput } from "@trainyard/core";
import type * as z from "zod";
import type { RunResult, TrainyardClient } from "./trainyard-client.ts";
import {
  cancelAnswer,
  catalogAnswer,
  checkAnswer,
  handleAnswer,
  logsAnswer,
  metricsAnswer,
  modelsAnswer,
  resultAnswer,
  runsAnswer,
  statusAnswer,
} from "./wire.ts";

/** Calls a tool of the gateway and checks its answer. */
export type Ask = <T extends z.ZodType>(
  schema: T,
  name: string,
  args?: JsonObject,
  limitMs?: number,
) => Promise<z.output<T>>;

/** The methods of a client that are one call each. */
export type GatewayCalls = Omit<TrainyardClient, "url" | "callTool" | "events" | "close">;

/** Longest goal a gateway keeps, in characters. */
const MAX_GOAL_LENGTH = 10_000;

/** Makes the methods that are one call each; cancelling may take `cancelLimitMs`. */
export function gatewayCalls(ask: Ask, cancelLimitMs: number): GatewayCalls {
  return {
    catalog: () => ask(catalogAnswer, "list_tools"),
    async runWorkflow(spec, { goal, cache } = {}) {
      const answer = await ask(handleAnswer, "run_workflow", {
        spec: json(spec),
        goal: goal?.slice(0, MAX_GOAL_LENGTH),
        cache,
      });
      return {
        runId: answer.run_id,
        taskId: answer.task_id ?? answer.run_id,
        status: answer.status,
        steps: answer.steps,
      };
    },
    checkWorkflow: (spec) => ask(checkAnswer, "check_workflow", { spec: json(spec) }),
    status: (runId) => ask(statusAnswer, "get_status", { run_id: runId }),
    async result(runId) {
      const { run_id, status, outputs, message, error } = await ask(resultAnswer, "get_result", {
        run_id: runId,
      });
      return {
        runId: run_id,
        status,
        outputs: outputs as RunResult["outputs"],
        message,
        ...(error && { error: error as ErrorRecord }),
      };
    },
    async cancel(runId, reason) {
      const { run_id, status } = await ask(
        cancelAnswer,
        "cancel_task",
        { run_id: runId, reason },
        cancelLimitMs,
      );
      return { runId: run_id, status };
    },
    async logs(runId, { stepId, afterSeq, limit } = {}) {
      const { entries, next_seq } = await ask(logsAnswer, "get_logs", {
        run_id: runId,
        step_id: stepId,
        after_seq: afterSeq,
        limit,
      });
      return { entries, nextSeq: next_seq };
    },
    async metrics(runId, { stepId } = {}) {
      const { series } = await ask(metricsAnswer, "get_metrics", { run_id: runId, step_id: stepId });
      return series.map(({ step_id, name, points }) => ({ stepId: step_id, name, points }));
    },
    runs: async ({ limit } = {}) => (await ask(runsAnswer, "list_runs", { limit })).runs,
    models: async ({ name } = {}) => (await ask(modelsAnswer, "list_models", { name })).models,
  };
}

/** A workflow is plain JSON by contract; its type is not, since zod infers one of its own. */
function json(spec: WorkflowSpecInput): JsonObject {
  return spec;
}
