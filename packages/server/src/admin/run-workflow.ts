import type { WorkflowSpecInput } from "@trainyard/core";
import * as z from "zod";
import { runHandle, runHandleSchema } from "../tools/run-handle.ts";
import { defineAdminTool } from "./admin-tool.ts";
import { listedSpec, looseSpec } from "./workflow-argument.ts";

const options = {
  goal: z.string().max(10_000).optional().describe("The words the workflow was planned from."),
  cache: z.boolean().optional().describe("Whether results of earlier steps may be taken; default true."),
};

/** Starts a workflow of several steps. */
export const runWorkflow = defineAdminTool({
  name: "run_workflow",
  description:
    "Starts a workflow of several tools and answers at once with its run_id; nothing runs when the workflow is invalid.",
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: true },
  input: z.strictObject({ spec: looseSpec, ...options }),
  listedInput: z.strictObject({ spec: listedSpec, ...options }),
  output: runHandleSchema.extend({ steps: z.array(z.string()).describe("The ids of its steps.") }),
  async call({ spec, goal, cache }, { executor }) {
    const { runId } = await executor.start(spec as WorkflowSpecInput, { goal, cache });
    const steps = Object.keys((spec as WorkflowSpecInput).steps);
    const handle = { ...runHandle(runId, `The workflow of ${steps.length} steps`), steps };
    return { text: handle.message, value: handle };
  },
});
