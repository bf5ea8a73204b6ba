import type { LogLevel, RunStore } from "@trainyard/core";
import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";
import { readEvents } from "./event-pages.ts";
import { pageArguments } from "./page-argument.ts";
import { requireRun, runArgument, runIdOf } from "./run-argument.ts";

interface LogEntry {
  readonly seq: number;
  readonly at: number;
  readonly stepId: string;
  readonly level: LogLevel;
  readonly message: string;
}

interface LogQuery {
  readonly runId: string;
  readonly stepId: string | undefined;
  readonly afterSeq: number;
  readonly limit: number;
}

/** What the steps of a run have logged. */
export const getLogs = defineAdminTool({
  name: "get_logs",
  description: "Gives the log of a run, oldest first; hand next_seq back as after_seq for what came later.",
  annotations: READS,
  input: z.strictObject({
    ...runArgument,
    step_id: z.string().optional().describe("Only this step's log."),
    ...pageArguments,
  }),
  output: z.object({
    entries: z.array(
      z.object({
        seq: z.number(),
        at: z.number(),
        stepId: z.string(),
        level: z.string(),
        message: z.string(),
      }),
    ),
    next_seq: z.number().describe("Where to go on reading."),
  }),
  async call(input, { runs }) {
    const { runId } = await requireRun(runs, runIdOf(input));
    const query = { runId, stepId: input.step_id, afterSeq: input.after_seq, limit: input.limit };
    const { entries, nextSeq } = await readLog(runs, query);
    const text = entries.map(({ stepId, level, message }) => `[${stepId}] ${level}: ${message}`).join("\n");
    return { text: text || "Nothing has been logged.", value: { entries, next_seq: nextSeq } };
  },
});

async function readLog(
  runs: RunStore,
  query: LogQuery,
): Promise<{ entries: readonly LogEntry[]; nextSeq: number }> {
  const entries: LogEntry[] = [];
  let nextSeq = query.afterSeq;
  for await (const event of readEvents(runs, query.runId, query.afterSeq)) {
    if (entries.length === query.limit) break;
    nextSeq = event.seq;
    if (event.type !== "step-log" || (query.stepId ?? event.stepId) !== event.stepId) continue;
    const { seq, at, stepId, level, message } = event;
    entries.push({ seq, at, stepId, level, message });
  }
  return { entries, nextSeq };
}
