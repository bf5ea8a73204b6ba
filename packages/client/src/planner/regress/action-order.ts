import { kindFits, type ToolDescriptor } from "@trainyard/core";
import type { Action } from "../goal/reading.ts";

/** Brings the actions of a goal into an order in which each comes after what it is about. */
export function inOrder(actions: readonly Action[]): readonly Action[] {
  return comparisonsLast(evaluationsAfterNames(actions));
}

function makesModel({ verb }: Action): boolean {
  return verb === "train" || verb === "finetune" || verb === "quantize";
}

function namesModel({ mentions }: Action): boolean {
  return mentions.some(({ role }) => role === "model" || role === "preset");
}

/** `evaluate the result of finetuning X`: what judges a model comes after the clause that names it. */
function evaluationsAfterNames(actions: readonly Action[]): readonly Action[] {
  const first = actions.findIndex(namesModel);
  const early = actions.slice(0, Math.max(0, first)).filter((action) => !action.negated && judges(action));
  if (early.length === 0) return actions;
  const before = actions.slice(0, first + 1).filter((action) => !early.includes(action));
  return [...before, ...early, ...actions.slice(first + 1)];
}

function judges({ verb, tool }: Action): boolean {
  return verb === "evaluate" || (tool !== undefined && needsModel(tool));
}

/** Whether a tool needs something that only comes of a model, such as a report. */
function needsModel(tool: ToolDescriptor): boolean {
  const given = ["dataset", "config", "env"];
  return Object.values(tool.inputs).some(
    (port) => !port.optional && !given.some((kind) => kindFits(port.kind, kind)),
  );
}

/** `compare A and B after finetuning both`: comparing comes last, while what it names comes first all the same. */
function comparisonsLast(actions: readonly Action[]): readonly Action[] {
  const last = actions.findLastIndex(makesModel);
  const at = actions.slice(0, Math.max(0, last)).findIndex(({ verb }) => verb === "compare");
  if (at < 0) return actions;
  const early = actions.slice(at, last).filter(({ verb }) => verb === "compare");
  const kept = actions.slice(0, last + 1).filter((action) => !early.includes(action));
  const next = kept.findIndex((action, index) => index >= at && makesModel(action));
  const moved = kept.map((action, index) => (index === next ? withMentions(action, early) : action));
  return [...moved, ...early, ...actions.slice(last + 1)];
}

function withMentions(action: Action, compared: readonly Action[]): Action {
  const free = !namesModel(action) && action.references.every((one) => one === "both" || one === "all");
  const mentions = compared.flatMap((compare) => compare.mentions);
  return free ? { ...action, mentions: [...mentions, ...action.mentions] } : action;
}
