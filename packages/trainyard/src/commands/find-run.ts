import { type RunRecord, TrainyardError } from "@trainyard/core";
import type { Connection } from "../connect.ts";

const RUNS_LOOKED_AT = 500;

/** The run that `latest`, an id or the unique beginning of an id names. Throws `RUN_NOT_FOUND`, `USAGE` when several fit. */
export async function findRun(name: string, { client }: Connection): Promise<RunRecord> {
  const runs = await client.runs({ limit: RUNS_LOOKED_AT });
  const [latest] = runs;
  if (!latest)
    throw new TrainyardError(
      "RUN_NOT_FOUND",
      'There are no runs here yet; start one with `mcp-agent "GOAL"`.',
    );
  if (name === "latest") return latest;
  const found = runs.filter(({ runId }) => runId.startsWith(name.toLowerCase()));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    throw new TrainyardError(
      "USAGE",
      `\`${name}\` could be ${found.length} runs: ${found
        .slice(0, 5)
        .map(({ runId }) => runId)
        .join(", ")}. Give more of the id.`,
    );
  }
  throw new TrainyardError(
    "RUN_NOT_FOUND",
    `There is no run \`${name}\`. \`trainyard status --all\` lists those there are; the latest is ${latest.runId}.`,
    {
      data: { runId: name },
    },
  );
}
