import type { RunRecord, StepRecord } from "@trainyard/core";
import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";
import { runRecord, stepRecord } from "./records.ts";
import { requireRun, runArgument, runIdOf } from "./run-argument.ts";

/** Where a run and its steps stand. */
export const getStatus = defineAdminTool({
  name: "get_status",
  description:
    "Tells where a run and each of its steps stand, with outputs and errors. Poll it every few seconds while it says running.",
  annotations: READS,
  input: z.strictObject(runArgument),
  output: z.object({ run: runRecord, steps: z.array(stepRecord) }),
  async call(input, { runs }) {
    const run = await requireRun(runs, runIdOf(input));
    const steps = await runs.steps(run.runId);
    return { text: statusText(run, steps), value: { run, steps } };
  },
});

function statusText(run: RunRecord, steps: readonly StepRecord[]): string {
  const lines = steps.map(({ stepId, tool, status, attempt }) => {
    const again = attempt > 1 ? `, attempt ${attempt}` : "";
    return `- ${stepId} (${tool}): ${status}${again}`;
  });
  const error = run.error ? [`${run.error.code}: ${run.error.message}`] : [];
  return [`Run ${run.runId} is ${run.status}.`, ...lines, ...error].join("\n");
}
