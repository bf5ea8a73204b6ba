import { type RunRecord, type StepRecord, TrainyardError } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import { type Connection, withConnection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import { renderSummary, shortId } from "../summary/run-summary.ts";
import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { renderTable } from "../text/table.ts";
import { durationText } from "../text/units.ts";
import { findRun } from "./find-run.ts";
import { reportOf } from "./run-report.ts";

/** `trainyard status`: where a run and its steps stand. */
export async function statusCommand(args: CommandArguments, context: Context): Promise<number> {
  const [name] = args.positionals;
  if (args.flags["all"] && name !== undefined)
    throw new TrainyardError("USAGE", "Give a run or `--all`, not both.");
  await withConnection(context, args, (connection) =>
    args.flags["all"] ? listRuns(connection, context) : showRun(name ?? "latest", connection, context),
  );
  return EXIT.ok;
}

async function showRun(name: string, connection: Connection, context: Context): Promise<void> {
  const { io, json, out } = context;
  const { runId } = await findRun(name, connection);
  if (json) return printJson(io, await connection.client.status(runId));
  const report = await reportOf(runId, connection, context);
  printLine(io, `${stepTable(report.run, report.steps, out)}\n\n${renderSummary(report, out)}`);
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
