import { type Plan, type StepPreflight, TrainyardError } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import { type Connection, withConnection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { noteLine, printJson, printLine } from "../io.ts";
import { renderPlan } from "../plan/plan-view.ts";
import { machineLine } from "../preflight/machine-line.ts";
import { renderPreflight } from "../preflight/preflight-table.ts";
import { renderResolved } from "../preflight/resolved-view.ts";
import { checkedPreflight, shortfallOf } from "./check.ts";
import { confirmPlan } from "./confirm.ts";
import { printPlan } from "./plan.ts";
import { type NamedPlan, planGoal, planSource, readSource } from "./plan-source.ts";
import { performRun } from "./perform-run.ts";

/** `trainyard run`: plans, shows, checks, asks, runs, and tells what came out. */
export async function runCommand(args: CommandArguments, context: Context): Promise<number> {
  const source = planSource(args);
  refuseContradictions(args);
  const fromFile = await readSource(source, context);
  return withConnection(context, args, async (connection) => {
    const planned =
      fromFile ?? (await planGoal((source as { readonly goal: string }).goal, connection, context));
    return proceed(planned, args, context, connection);
  });
}

function refuseContradictions({ flags }: CommandArguments): void {
  if (!flags["json-stream"]) return;
  const other = ["json", "plan-only", "dry-run"].find((name) => flags[name]);
  if (other)
    throw new TrainyardError(
      "USAGE",
      `\`--json-stream\` prints the events of a run; leave it out, or \`--${other}\`.`,
    );
}

async function proceed(
  planned: NamedPlan,
  args: CommandArguments,
  context: Context,
  connection: Connection,
): Promise<number> {
  const { flags } = args;
  if (flags["plan-only"]) {
    if (planned.goal === undefined) await checkedPreflight(connection, planned.plan.spec);
    printPlan(planned, context);
    return EXIT.ok;
  }
  if (flags["dry-run"]) return dryRun(planned, context, connection);
  const spec = await approve(planned.plan, args, context, connection);
  return performRun(
    { spec, goal: planned.goal, cache: flags["no-cache"] !== true },
    args,
    context,
    connection,
  );
}

async function dryRun({ plan, goal }: NamedPlan, context: Context, connection: Connection): Promise<number> {
  const { io, json, out } = context;
  const preflight = await checkedPreflight(connection, plan.spec);
  const shortfall = shortfallOf(preflight);
  if (json && !shortfall) printJson(io, { ...(goal !== undefined && { goal }), ...plan, preflight });
  if (!json) {
    const blocks = [
      renderPlan(plan, out),
      renderResolved(preflight, out),
      await needs(preflight, context, connection, out),
    ];
    printLine(io, blocks.filter(Boolean).join("\n\n"));
  }
  if (shortfall) throw shortfall;
  return EXIT.ok;
}

/** Shows plans and what they need until one is agreed to. */
async function approve(
  first: Plan,
  { flags }: CommandArguments,
  context: Context,
  connection: Connection,
): Promise<Plan["spec"]> {
  const { io, err } = context;
  const quiet = flags["json-stream"] === true && flags["yes"] === true;
  let plan = first;
  for (;;) {
    if (!quiet) noteLine(io, `${renderPlan(plan, err)}\n`);
    const preflight = await checkedPreflight(connection, plan.spec);
    if (!quiet) noteLine(io, `${await needs(preflight, context, connection, err)}\n`);
    const shortfall = shortfallOf(preflight);
    if (shortfall && !flags["force"]) throw shortfall;
    if (shortfall) noteLine(io, `${err("warn", "forced:")} ${shortfall.message}\n`);
    if (flags["yes"]) return plan.spec;
    const decision = await confirmPlan(plan, context);
    if (decision.run) return plan.spec;
    plan = decision.edited;
  }
}

async function needs(
  preflight: readonly StepPreflight[],
  { home }: Context,
  { embedded }: Connection,
  palette: Context["out"],
): Promise<string> {
  const table = renderPreflight(preflight, palette);
  // Another gateway may be on another machine; only of this one can anything be said.
  return embedded ? `${table}\n${palette("dim", await machineLine(home.path))}` : table;
}
