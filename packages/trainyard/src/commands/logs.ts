import { isDeepStrictEqual } from "node:util";
import { type RunEventOf, type StepRecord, TrainyardError } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import { type Connection, withConnection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { noteLine, printLine } from "../io.ts";
import { shortId } from "../summary/run-summary.ts";
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
    const query = { runId: run.runId, stepId, lastSeq };
    const printed = await printLogs(query, connection, context);
    if (printed === 0) await explainSilence(query, connection, context);
    return EXIT.ok;
  });
}

interface LogQuery {
  readonly runId: string;
  readonly stepId: string | undefined;
  readonly lastSeq: number;
}

/** Gives how many entries there were. */
async function printLogs(
  { runId, stepId, lastSeq }: LogQuery,
  { client }: Connection,
  { io, json, out, signal }: Context,
): Promise<number> {
  let printed = 0;
  for await (const event of client.events(runId, { signal })) {
    if (event.type === "step-log" && (stepId ?? event.stepId) === event.stepId) {
      printLine(io, json ? jsonText(event) : entryText(event, out));
      printed += 1;
    }
    if (event.seq >= lastSeq) break;
  }
  return printed;
}

async function explainSilence(
  { runId, stepId }: LogQuery,
  { client }: Connection,
  { io, err }: Context,
): Promise<void> {
  noteLine(io, "nothing was logged");
  const { steps } = await client.status(runId);
  for (const step of steps) {
    if ((stepId ?? step.stepId) !== step.stepId) continue;
    const why = step.error ? `failed: ${sanitize(step.error.message)}` : await cachedText(step, client);
    if (why !== undefined) noteLine(io, `${err("name", step.stepId)} ${why}`);
  }
}

/** The step may have had another name where it ran; its outputs tell which it was. */
async function cachedText(
  { stepId, tool, outputs, cachedFrom }: StepRecord,
  client: Connection["client"],
): Promise<string | undefined> {
  if (cachedFrom === undefined) return undefined;
  const { steps } = await client.status(cachedFrom);
  const same = steps.filter((step) => step.tool === tool && isDeepStrictEqual(step.outputs, outputs));
  const origin = same.find((step) => step.stepId === stepId) ?? same[0];
  const run = shortId(cachedFrom);
  return `cached from run ${run}: trainyard logs ${run} ${origin?.stepId ?? ""}`.trimEnd();
}

function entryText({ at, stepId, level, message }: RunEventOf<"step-log">, palette: Palette): string {
  const time = new Date(at).toISOString().slice(11, 19);
  const role = level === "error" ? "bad" : level === "warning" ? "warn" : "dim";
  return `${palette("dim", time)} ${palette("name", stepId)} ${palette(role, level)} ${sanitize(message)}`;
}
