import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Connection, placeOf } from "../connect.ts";
import type { Context } from "../context.ts";
import type { RunReport } from "../summary/run-summary.ts";

/** Gathers what is told of a run. */
export async function reportOf(runId: string, connection: Connection, context: Context): Promise<RunReport> {
  const { client } = connection;
  return {
    ...(await client.status(runId)),
    models: await client.models(),
    place: placeOf(connection, context),
    folderOf({ stepId, attempt }) {
      // A gateway elsewhere keeps its folders to itself.
      const folder = join(context.home.runs, runId, stepId, String(attempt));
      return existsSync(folder) ? folder : undefined;
    },
  };
}
