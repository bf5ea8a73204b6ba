import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Plan, TrainyardError } from "@trainyard/core";
import { ask, canAsk } from "../ask.ts";
import type { Context } from "../context.ts";
import type { Io } from "../io.ts";
import { planFromText } from "../plan/plan-file.ts";
import { onStopSignal } from "../stop-signals.ts";

/** What a person decided on a plan: run it, or look at another first. */
export type Decision = { readonly run: true } | { readonly run: false; readonly edited: Plan };

/** Asks whether to run a plan. Throws `NOT_CONFIRMED` on no, and where nobody can be asked. */
export async function confirmPlan(plan: Plan, { io, signal }: Context): Promise<Decision> {
  if (!canAsk(io)) {
    throw new TrainyardError(
      "NOT_CONFIRMED",
      "Nobody can be asked whether to run this plan; add --yes to run it, or --plan-only to see it.",
    );
  }
  for (;;) {
    const answer = (await ask(io, "Run this plan? [Y/n/e to edit] ", signal)).trim().toLowerCase();
    if (answer === "" || answer === "y" || answer === "yes") return { run: true };
    if (answer === "n" || answer === "no")
      throw new TrainyardError("NOT_CONFIRMED", "Not confirmed; nothing ran.");
    if (answer === "e" || answer === "edit") return { run: false, edited: await editPlan(plan, io) };
  }
}

async function editPlan(plan: Plan, io: Io): Promise<Plan> {
  const folder = await mkdtemp(join(tmpdir(), "trainyard-plan-"));
  try {
    const path = join(folder, "workflow.json");
    await writeFile(path, `${JSON.stringify(plan.spec, undefined, 2)}\n`);
    await openEditor(path, io);
    const { spec } = planFromText(await readFile(path, "utf8"), "The edited workflow");
    return { ...plan, spec };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const ignore = () => undefined;

async function openEditor(path: string, { env }: Io): Promise<void> {
  const editor = env["VISUAL"] || env["EDITOR"] || "vi";
  // An editor may come with arguments, such as `code --wait`.
  const child = spawn(`${editor} "$TRAINYARD_FILE"`, {
    shell: true,
    stdio: "inherit",
    env: { ...env, TRAINYARD_FILE: path },
  });
  // Ctrl-C in an editor is meant for the editor.
  const stopListening = onStopSignal(ignore, ignore);
  const [code] = (await once(child, "exit").finally(stopListening)) as [number | null];
  if (code !== 0)
    throw new TrainyardError(
      "NOT_CONFIRMED",
      `The editor \`${editor}\` failed; nothing ran. Set EDITOR to one that is installed.`,
    );
}
