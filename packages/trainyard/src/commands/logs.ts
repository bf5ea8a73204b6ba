import { type RunEventOf, TrainyardError } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import { type Connection, withConnection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { printLine } from "../io.ts";
import type { Palette } from "../text/palette.ts";
import { jsonText, sanitize } from "../text/sanitize.ts";
import { findRun } from "./find-run.ts";

/** `trainyard logs`: what the steps of a run logged, one line an entry; with `--json` one JSON object a line. */
export async function logsCommand(args: CommandArguments, context: Context): Promise<number> {
  const [name, stepId] = args.positionals;
  if (name === undefined)
    throw new TrainyardError("USAGE", "Which run? Give `trainyard logs latest`, or a run's id.");
  return withConnection(context, args, async (connection) => {
    const run = await findRun(name, connection);
    if (stepId !== undefined && !Object.hasOwn(run.spec.steps, stepId)) {
      throw new TrainyardError(
        "USAGE",
        `Run ${run.runId} has no step \`${stepId}\`. Steps: ${Object.keys(run.spec.steps).join(", ")}.`,
      );
    }
    const lastSeq = args.flags["follow"] ? Infinity : run.lastSeq;
    await printLogs({ runId: run.runId, stepId, lastSeq }, connection, context);
    return EXIT.ok;
  });
}

interface LogQuery {
  readonly runId: string;
  readonly stepId: string | undefined;
  readonly lastSeq: number;
}

async function printLogs(
  { runId, stepId, lastSeq }: LogQuery,
  { client }: Connection,
  { io, json, out, signal }: Context,
): Promise<void> {
  for await (const event of client.events(runId, { signal })) {
    if (event.type === "step-log" && (stepId ?? event.stepId) === event.stepId) {
      printLine(io, json ? jsonText(event) : entryText(event, out));
    }
    if (event.seq >= lastSeq) return;
  }
}

function entryText({ at, stepId, level, message }: RunEventOf<"step-log">, palette: Palette): string {
  const time = new Date(at).toISOString().slice(11, 19);
  const role = level === "error" ? "bad" : level === "warning" ? "warn" : "dim";
  return `${palette("dim", time)} ${palette("name", stepId)} ${palette(role, level)} ${sanitize(message)}`;
}
