import * as z from "zod";
import { defineAdminTool } from "./admin-tool.ts";
import { runArgument, runIdOf } from "./run-argument.ts";

/** Stops a run. */
export const cancelTask = defineAdminTool({
  name: "cancel_task",
  description:
    "Stops a run and answers when nothing of it is alive any more; a run that has ended stays as it is.",
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    ...runArgument,
    reason: z.string().max(1000).optional().describe("Kept in the run's log."),
  }),
  output: z.object({ run_id: z.string(), status: z.string().describe("The status the run ended with.") }),
  async call(input, { executor }) {
    const { runId, status } = await executor.cancel(runIdOf(input), input.reason);
    return { text: `Run ${runId} is ${status}.`, value: { run_id: runId, status } };
  },
});
