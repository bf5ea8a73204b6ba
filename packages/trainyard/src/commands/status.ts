import type { RunRecord, StepRecord } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import { connect, type Connection, placeOf } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import { renderSummary, shortId } from "../summary/run-summary.ts";
import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { renderTable } from "../text/table.ts";
import { durationText } from "../text/units.ts";
import { findRun } from "./find-run.ts";

/** `trainyard status`: where a run and its steps stand. */
export async function statusCommand(args: CommandArguments, context: Context): Promise<number> {
  const connection = await connect(context, args);
  try {
    if (args.flags["all"]) await listRuns(connection, context);
    else await showRun(args.positionals[0] ?? "latest", connection, context);
    return EXIT.ok;
  } finally {
    await connection.close();
  }
}

async function showRun(name: string, connection: Connection, context: Context): Promise<void> {
  const { io, json, out } = context;
  const { runId } = await findRun(name, connection);
  const status = await connection.client.status(runId);
  if (json) return printJson(io, status);
  const models = await connection.client.models();
  printLine(
    io,
    `${stepTable(status.run, status.steps, out)}\n\n${renderSummary({ ...status, models, place: placeOf(connection, context) }, out)}`,
  );
}

function stepTable(run: RunRecord, steps: readonly StepRecord[], palette: Palette): string {
  const known = new Map(steps.map((step) => [step.stepId, step]));
  const rows = Object.entries(run.spec.steps).map(([stepId, { tool }]) => {
    const step = known.get(stepId);
    return [
      stepId,
      sanitizeLine(tool),
      step?.status ?? "waiting",
      tookText(step),
      sanitizeLine(step?.error?.message ?? ""),
    ];
  });
  return renderTable(
    [
      { title: "step" },
      { title: "tool" },
      { title: "status" },
      { title: "took", align: "right" },
      { title: "" },
    ],
    rows,
    palette,
  );
}

function tookText(step: StepRecord | undefined): string {
  if (step?.startedAt === undefined) return "";
  return durationText(Math.max(0, (step.endedAt ?? Date.now()) - step.startedAt));
}

async function listRuns({ client }: Connection, { io, json, out }: Context): Promise<void> {
  const runs = await client.runs({ limit: 50 });
  if (json) return printJson(io, { runs });
  const rows = runs.map(({ runId, name, status, createdAt, goal }) => [
    shortId(runId),
    status,
    new Date(createdAt).toISOString().slice(0, 19).replace("T", " "),
    sanitizeLine(goal ?? name),
  ]);
  printLine(
    io,
    renderTable(
      [{ title: "run" }, { title: "status" }, { title: "started (UTC)" }, { title: "goal" }],
      rows,
      out,
    ),
  );
}
