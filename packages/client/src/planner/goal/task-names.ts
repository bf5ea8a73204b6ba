import type { Mention } from "./reading.ts";

/** Benchmarks that bring their own questions, under the names that lm-eval gives them. */
const BENCHMARKS: ReadonlyMap<string, string> = new Map([
  ["mmlu", "mmlu"],
  ["hellaswag", "hellaswag"],
  ["winogrande", "winogrande"],
  ["arcchallenge", "arc_challenge"],
  ["arceasy", "arc_easy"],
  ["truthfulqa", "truthfulqa_mc2"],
  ["piqa", "piqa"],
  ["boolq", "boolq"],
  ["lambada", "lambada_openai"],
]);

const MEASURES: ReadonlyMap<string, string> = new Map([
  ["perplexity", "perplexity"],
  ["exactmatch", "exact_match"],
]);

/** The benchmark or the way to measure that a name stands for. */
export function taskNamed(name: string): Pick<Mention, "role" | "value"> | undefined {
  const key = name.toLowerCase().replaceAll(/[\s_-]/g, "");
  const benchmark = BENCHMARKS.get(key);
  if (benchmark !== undefined) return { role: "task", value: benchmark };
  const measure = MEASURES.get(key);
  return measure === undefined ? undefined : { role: "measure", value: measure };
}
