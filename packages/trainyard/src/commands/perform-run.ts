import type { RunEvent, RunRecord, StepRecord, WorkflowSpecInput } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import type { Connection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT, EXIT_BY_CODE } from "../exit-codes.ts";
import { noteLine, printJson, printLine } from "../io.ts";
import { plainView } from "../live/plain-view.ts";
import { type LiveView, silentView } from "../live/view.ts";
import { onStopSignal } from "../stop-signals.ts";
import { modelRowsOf } from "../summary/model-rows.ts";
import { failedSteps, modelsOf, renderSummary, type RunReport } from "../summary/run-summary.ts";
import { jsonText } from "../text/sanitize.ts";
import { killRun } from "./kill-run.ts";
import { reportOf } from "./run-report.ts";

/** A workflow that has been agreed to. */
export interface AgreedRun {
  readonly spec: WorkflowSpecInput;
  readonly goal?: string | undefined;
  readonly cache: boolean;
}

/** Starts a run, shows it live, stops it at Ctrl-C, and tells what came out; gives the exit status. */
export async function performRun(
  agreed: AgreedRun,
  args: CommandArguments,
  context: Context,
  connection: Connection,
): Promise<number> {
  const { client } = connection;
  const { io, json } = context;
  const { spec, ...options } = agreed;
  const { runId } = await client.runWorkflow(spec, options);
  const stream = args.flags["json-stream"] === true;
  const interrupted = await watchRun(runId, spec, stream, context, connection);
  const report = await reportOf(runId, connection, context);
  if (json) printJson(io, jsonReport(report));
  if (!json && !stream) printLine(io, renderSummary(report, context.out));
  return exitStatus(report.run, report.steps, interrupted);
}

/** Shows a run to its end; true when it was stopped from here. */
async function watchRun(
  runId: string,
  spec: WorkflowSpecInput,
  stream: boolean,
  context: Context,
  connection: Connection,
): Promise<boolean> {
  const view = await openView(spec, stream, context);
  let interrupted = false;
  const stopListening = onStopSignal(
    () => {
      interrupted = true;
      view.note("stopping, writing a checkpoint; again to kill");
      connection.client
        .cancel(runId, "stopped by the user")
        .catch((error: Error) => view.note(`error: ${error.message}`));
    },
    () => killRun(runId, connection),
  );
  try {
    for await (const event of connection.client.events(runId)) {
      if (stream) printLine(context.io, jsonText(event satisfies RunEvent));
      view.show(event);
    }
  } finally {
    view.close();
    stopListening();
  }
  return interrupted;
}

async function openView(spec: WorkflowSpecInput, stream: boolean, { io, err }: Context): Promise<LiveView> {
  const write = (line: string) => noteLine(io, line);
  if (stream) return silentView(write);
  if (!io.stderr.isTTY) return plainView(spec, write, err);
  const { terminalView } = await import("../live/terminal-view.ts");
  return terminalView(spec, io.stderr, err);
}

function jsonReport(report: RunReport): object {
  const { run, steps } = report;
  const models = modelsOf(report).map(({ name, version, ref, aliases }) => ({ name, version, ref, aliases }));
  return { run, steps, evaluations: modelRowsOf(run, steps), models };
}

function exitStatus(
  { status, error }: RunRecord,
  steps: readonly StepRecord[],
  interrupted: boolean,
): number {
  if (status === "succeeded") return EXIT.ok;
  if (interrupted || status === "cancelled") return EXIT.interrupted;
  const cause = failedSteps(steps)[0]?.error ?? error;
  return cause ? (EXIT_BY_CODE[cause.code] ?? EXIT.runFailed) : EXIT.runFailed;
}
