import type { CommandArguments } from "../command-table.ts";
import { withConnection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import { renderPlan } from "../plan/plan-view.ts";
import { checkedPreflight } from "./check.ts";
import { type NamedPlan, planGoal, planSource, readSource } from "./plan-source.ts";

/** `trainyard plan`: shows the plan for a goal, or checks and shows the workflow in a file. */
export async function planCommand(args: CommandArguments, context: Context): Promise<number> {
  const source = planSource(args);
  const fromFile = await readSource(source, context);
  return withConnection(context, args, async (connection) => {
    if (fromFile) await checkedPreflight(connection, fromFile.plan.spec);
    printPlan(
      fromFile ?? (await planGoal((source as { readonly goal: string }).goal, connection, context)),
      context,
    );
    return EXIT.ok;
  });
}

/** Prints a plan as the result of a command; its JSON can be handed back with `--plan`. */
export function printPlan({ goal, plan }: NamedPlan, { io, json, out }: Context): void {
  if (json) printJson(io, { ...(goal !== undefined && { goal }), ...plan });
  else printLine(io, renderPlan(plan, out));
}
