import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";
import { pageArguments } from "./page-argument.ts";
import { runEvent } from "./records.ts";
import { requireRun, runArgument, runIdOf } from "./run-argument.ts";

/** The event log of a run. */
export const getEvents = defineAdminTool({
  name: "get_events",
  description:
    "Gives the events of a run, oldest first; hand next_seq back as after_seq for what came later.",
  annotations: READS,
  input: z.strictObject({ ...runArgument, ...pageArguments }),
  output: z.object({ events: z.array(runEvent), next_seq: z.number().describe("Where to go on reading.") }),
  async call(input, { runs }) {
    const { runId } = await requireRun(runs, runIdOf(input));
    const events = await runs.events(runId, { afterSeq: input.after_seq, limit: input.limit });
    const text = events
      .map((event) => `${event.seq} ${event.type}${"stepId" in event ? ` ${event.stepId}` : ""}`)
      .join("\n");
    return {
      text: text || "There are no more events.",
      value: { events, next_seq: events.at(-1)?.seq ?? input.after_seq },
    };
  },
});
