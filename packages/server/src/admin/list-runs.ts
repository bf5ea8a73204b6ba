import * as z from "zod";
import { defineAdminTool, READS } from "./admin-tool.ts";
import { limitArgument } from "./page-argument.ts";
import { runRecord } from "./records.ts";

/** The runs the gateway knows. */
export const listRuns = defineAdminTool({
  name: "list_runs",
  description: "Lists runs, newest first.",
  annotations: READS,
  input: z.strictObject({ limit: limitArgument }),
  output: z.object({ runs: z.array(runRecord) }),
  async call({ limit }, { runs }) {
    const found = await runs.runs({ limit });
    const text = found.map(({ runId, name, status }) => `${runId} (${name}): ${status}`).join("\n");
    return { text: text || "There are no runs.", value: { runs: found } };
  },
});
