import { embeddedPlanner } from "@trainyard/client";
import { type Plan, TrainyardError, type Unresolved } from "@trainyard/core";
import { ask, canAsk } from "../ask.ts";
import type { CommandArguments } from "../command-table.ts";
import type { Connection } from "../connect.ts";
import type { Context } from "../context.ts";
import { readPlanFile } from "../plan/plan-file.ts";
import { goalUnclear, planUntilClear, questionText } from "../plan/questions.ts";
import { EXAMPLES } from "../usage.ts";

/** What is to be planned: a goal in words, or a file. */
export type PlanSource = { readonly goal: string } | { readonly file: string };

/** A plan and the words it was made from, where there were some. */
export interface NamedPlan {
  readonly plan: Plan;
  readonly goal?: string | undefined;
}

/** Reads off the command line what to plan. Throws `USAGE`. */
export function planSource({ positionals, flags }: CommandArguments): PlanSource {
  const file = flags["plan"];
  const words = positionals.join(" ").trim();
  if (typeof file === "string" && words)
    throw new TrainyardError("USAGE", "Give a goal or `--plan FILE`, not both.");
  if (typeof file === "string") return { file };
  if (positionals.length === 1 && words.endsWith(".json")) return { file: words };
  if (words) return { goal: words };
  throw new TrainyardError(
    "USAGE",
    [
      "Give a goal, or a workflow with `--plan FILE`.",
      "Usage: mcp-agent GOAL [options]",
      "       mcp-agent --plan FILE [options]",
      "Examples:",
      ...EXAMPLES.map((example) => `  ${example}`),
      "`mcp-agent --help` shows the options.",
    ].join("\n"),
  );
}

/** Reads a plan from a file before anything is started, where a file was given. */
export async function readSource(source: PlanSource, { io }: Context): Promise<NamedPlan | undefined> {
  if (!("file" in source)) return undefined;
  const plan = await readPlanFile(source.file, io);
  if (plan.unresolved.length > 0) throw goalUnclear(plan.unresolved);
  return { plan };
}

/** Plans a goal over the gateway's tools, asking for what it leaves open. Throws `GOAL_UNCLEAR`. */
export async function planGoal(
  goal: string,
  { client }: Connection,
  { io, signal }: Context,
): Promise<NamedPlan> {
  const catalog = await client.catalog();
  const planner = embeddedPlanner();
  const asker = canAsk(io) ? (question: Unresolved) => ask(io, questionText(question), signal) : undefined;
  return planUntilClear(goal, (words) => planner.plan({ goal: words, catalog }), asker);
}
