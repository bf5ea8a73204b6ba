import * as z from "zod";

/** What starting a run answers at once, whatever the run does. */
export const runHandleSchema = z.object({
  run_id: z.string().describe("Hand it to get_status, get_result, get_logs, get_metrics and cancel_task."),
  task_id: z.string().describe("The same id under MCP's name for it."),
  status: z.literal("running"),
  message: z.string(),
});

/** The handle of a run that has just started. */
export function runHandle(runId: string, what: string): z.output<typeof runHandleSchema> {
  const message = `${what} runs as ${runId}. Ask get_status how far it is and get_result for its outputs.`;
  return { run_id: runId, task_id: runId, status: "running", message };
}
