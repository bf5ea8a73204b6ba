import {
  type StepPreflight,
  TrainyardError,
  type WorkflowProblem,
  type WorkflowSpecInput,
} from "@trainyard/core";
import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";
import { listedSpec, looseSpec } from "./workflow-argument.ts";

/** Checks a workflow and says what it needs, without running it. */
export const checkWorkflow = defineAdminTool({
  name: "check_workflow",
  description:
    "Checks a workflow without running it: every problem at once, or what each step needs in memory, disk and time.",
  annotations: READS,
  input: z.strictObject({ spec: looseSpec }),
  listedInput: z.strictObject({ spec: listedSpec }),
  output: z.object({
    ok: z.boolean().describe("Whether run_workflow would take it."),
    problems: z.array(
      z.object({ stepId: z.string().optional(), path: z.string().optional(), message: z.string() }),
    ),
    preflight: z.array(z.looseObject({ stepId: z.string(), tool: z.string() })).describe("StepPreflights."),
  }),
  async call({ spec }, { executor }) {
    try {
      return passed(await executor.preflight(spec as WorkflowSpecInput));
    } catch (error) {
      if (!TrainyardError.is(error) || error.code !== "WORKFLOW_INVALID") throw error;
      const problems = (error.data?.["problems"] ?? [
        { message: error.message },
      ]) as readonly WorkflowProblem[];
      return { text: error.message, value: { ok: false, problems, preflight: [] } };
    }
  },
});

function passed(preflight: readonly StepPreflight[]): { text: string; value: object } {
  const shortfalls = preflight.flatMap(({ stepId, report }) =>
    report.shortfalls.map(({ message, fix }) => `Step \`${stepId}\`: ${message} ${fix}`),
  );
  const text = ["The workflow is valid.", ...shortfalls].join("\n");
  return { text, value: { ok: true, problems: [], preflight } };
}
