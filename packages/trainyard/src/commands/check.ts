import { problemText, type StepPreflight, TrainyardError, type WorkflowSpecInput } from "@trainyard/core";
import type { Connection } from "../connect.ts";
import { sanitizeLine } from "../text/sanitize.ts";

/** What the steps of a workflow need. Throws `WORKFLOW_INVALID` with every problem at once. */
export async function checkedPreflight(
  { client }: Connection,
  spec: WorkflowSpecInput,
): Promise<readonly StepPreflight[]> {
  const { ok, problems, preflight } = await client.checkWorkflow(spec);
  if (ok) return preflight;
  const list = problems.map((problem) => `- ${sanitizeLine(problemText(problem))}`).join("\n");
  throw new TrainyardError("WORKFLOW_INVALID", `The workflow cannot run:\n${list}`, { data: { problems } });
}

/** The error for steps that this machine is too small for; undefined when all fit. */
export function shortfallOf(steps: readonly StepPreflight[]): TrainyardError | undefined {
  const shortfalls = steps.flatMap(({ stepId, report }) =>
    report.shortfalls.map((shortfall) => ({ stepId, ...shortfall })),
  );
  if (shortfalls.length === 0) return undefined;
  const list = shortfalls
    .map(({ stepId, message, fix }) => `- step \`${stepId}\`: ${sanitizeLine(message)} ${sanitizeLine(fix)}`)
    .join("\n");
  return new TrainyardError(
    "RESOURCE_SHORTFALL",
    `Something that this workflow needs is missing here:\n${list}\n--force runs it all the same.`,
    {
      data: { shortfalls },
    },
  );
}
