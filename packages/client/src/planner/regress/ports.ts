import { kindFits, type ToolDescriptor } from "@trainyard/core";
import { stem } from "../goal/stems.ts";

const JUDGING = new Set(
  ["evaluate", "evaluation", "eval", "test", "benchmark", "score", "validate", "validation"].map(stem),
);

/** Whether a tool judges a model: its name says so, or it gives a report about one it takes. */
export function isJudge(tool: ToolDescriptor): boolean {
  if (tool.name.split("_").some((word) => JUDGING.has(stem(word)))) return true;
  const takesModel = Object.values(tool.inputs).some((port) => kindFits(port.kind, "model"));
  return takesModel && Object.values(tool.outputs).some((port) => kindFits(port.kind, "report"));
}

/**
 * Chooses the output of `producer` for an input port. Of several that fit, in this order: the one the goal names; the
 * one named as the port; the one a word of the port names; for a judging tool or port `validation`, then `test`; for
 * any other `train`; the first.
 */
export function chooseOutput(
  producer: ToolDescriptor,
  consumer: ToolDescriptor,
  port: string,
  split?: string,
): string | undefined {
  const wanted = consumer.inputs[port]?.kind ?? "";
  const fitting = Object.entries(producer.outputs)
    .filter(([, output]) => kindFits(output.kind, wanted))
    .map(([name]) => name);
  const words = port.split("_");
  const judged = isJudge(consumer) || words.some((word) => JUDGING.has(stem(word)));
  const preferred = [split, port, ...words, ...(judged ? ["validation", "test"] : ["train"])];
  return preferred.find((name) => name !== undefined && fitting.includes(name)) ?? fitting[0];
}

/** Tools that make something of the wanted kind, those that need least made for them first. */
export function producersOf(tools: readonly ToolDescriptor[], kind: string): readonly ToolDescriptor[] {
  return tools.filter((tool) => Object.values(tool.outputs).some((port) => kindFits(port.kind, kind)));
}
