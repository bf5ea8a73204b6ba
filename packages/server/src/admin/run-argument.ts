import { runNotFound, type RunRecord, type RunStore, TrainyardError } from "@trainyard/core";
import * as z from "zod";

const id = z.string().min(1).max(256);

/** The fields by which a call names a run. */
export const runArgument = {
  run_id: id.optional().describe("The run, as the call that started it answered."),
  task_id: id.optional().describe("The same as run_id; give one of them."),
};

/** The run a call names. Throws `INPUT_INVALID` when it names none, or two. */
export function runIdOf(input: {
  readonly run_id?: string | undefined;
  readonly task_id?: string | undefined;
}): string {
  const { run_id: runId = input.task_id, task_id: taskId = runId } = input;
  if (runId === undefined)
    throw new TrainyardError("INPUT_INVALID", "Give `run_id`; `list_runs` names the runs.");
  if (runId === taskId) return runId;
  throw new TrainyardError("INPUT_INVALID", "`run_id` and `task_id` name different runs; give one of them.");
}

/** Reads a run. Throws `RUN_NOT_FOUND`. */
export async function requireRun(runs: RunStore, runId: string): Promise<RunRecord> {
  const run = await runs.run(runId);
  if (run) return run;
  throw runNotFound(runId);
}

/** Whether a run has yet to end. */
export function isRunning(run: RunRecord): boolean {
  return run.endedAt === undefined;
}
