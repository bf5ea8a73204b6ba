import type { RunRecord, StepRecord } from "@trainyard/core";
import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";
import { errorRecord } from "./records.ts";
import { isRunning, requireRun, runArgument, runIdOf } from "./run-argument.ts";

/** What the steps of a run gave. */
export const getResult = defineAdminTool({
  name: "get_result",
  description:
    "Gives the outputs of a run's finished steps; says so when the run is still going or has failed.",
  annotations: READS,
  input: z.strictObject(runArgument),
  output: z.object({
    run_id: z.string(),
    status: z.string().describe("`running` or `cancelling` means that outputs are not complete yet."),
    outputs: z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .describe("Outputs by step id, of the steps that have some."),
    message: z.string(),
    error: errorRecord.optional(),
  }),
  async call(input, { runs }) {
    const run = await requireRun(runs, runIdOf(input));
    const steps = await runs.steps(run.runId);
    const outputs = Object.fromEntries(
      steps.flatMap((step) => (step.outputs ? [[step.stepId, step.outputs]] : [])),
    );
    const message = resultMessage(run, steps);
    const value = {
      run_id: run.runId,
      status: run.status,
      outputs,
      message,
      ...(run.error && { error: run.error }),
    };
    return { text: `${message}\n${JSON.stringify(outputs)}`, value };
  },
});

function resultMessage(run: RunRecord, steps: readonly StepRecord[]): string {
  if (isRunning(run)) {
    const ended = steps.filter(({ endedAt }) => endedAt !== undefined).length;
    const total = Object.keys(run.spec.steps).length;
    return `Run ${run.runId} is still running: ${ended} of ${total} steps have ended. Ask again later.`;
  }
  const cause = run.error ? ` ${run.error.code}: ${run.error.message}` : "";
  return `Run ${run.runId} has ${run.status === "cancelled" ? "been cancelled" : run.status}.${cause}`;
}
