import { artifact } from "@trainyard/core";
import * as z from "zod";
import { envInput, modelInput } from "./ports.ts";

/** Tasks that the worker scores itself; any other name is one of lm-eval. */
const OWN_TASKS: readonly string[] = ["squad", "exact_match", "perplexity"];

/** Whether a task is one of lm-eval. */
export function isBenchmark(task: string): boolean {
  return !OWN_TASKS.includes(task);
}

/** What `evaluate` measures, and how. */
export const evaluateParameters = {
  tasks: z
    .array(
      z
        .string()
        .regex(/^[\w.:-]{1,200}$/, "must be squad, perplexity, exact_match or the name of an lm-eval task"),
    )
    .min(1)
    .max(50)
    .optional()
    .describe("squad, perplexity, exact_match, or names of lm-eval tasks. Default: what fits the dataset."),
  limit: z.number().int().min(1).max(100_000_000).optional().describe("Rows at most. Default: all."),
  max_new_tokens: z
    .number()
    .int()
    .min(1)
    .max(32_768)
    .optional()
    .describe("Longest answer in tokens. Default 32; for lm-eval tasks, the task's own."),
  max_length: z
    .number()
    .int()
    .min(2)
    .max(1_048_576)
    .optional()
    .describe(
      "Longest prompt and answer together in tokens; longer prompts lose their beginning. Default: what the model takes, 2048 at most.",
    ),
  batch_size: z.number().int().min(1).max(65_536).optional().describe("Rows at a time. Default 16."),
  num_fewshot: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe("Examples in the prompt; lm-eval tasks only. Default: the task's own."),
  seed: z
    .number()
    .int()
    .min(0)
    .max(4_294_967_295)
    .optional()
    .describe("Seed of everything random. Default 42."),
} as const;

/** The input of `evaluate`. */
export const evaluateInput = z
  .strictObject({
    model: modelInput,
    dataset: artifact("dataset", "Rows to measure on; lm-eval tasks bring their own.").optional(),
    env: envInput,
    ...evaluateParameters,
  })
  .superRefine(({ dataset, tasks }, context) => {
    if (dataset !== undefined || tasks?.every(isBenchmark)) return;
    context.addIssue({
      code: "custom",
      message: "Give a dataset, or only names of lm-eval tasks in tasks.",
      path: ["dataset"],
    });
  });

/** The validated input of `evaluate`. */
export type EvaluateInput = z.output<typeof evaluateInput>;

/** The output of `evaluate`. */
export const evaluateOutput = z.object({
  report: artifact("report", "results.json and every prediction."),
  exact_match: z.number().optional().describe("Share of exactly right answers, 0 to 100."),
  f1: z.number().optional().describe("Mean overlap of answers in words, 0 to 100."),
  perplexity: z.number().optional().describe("Perplexity of the rows; lower is better."),
  total: z.number().int().optional().describe("Rows measured."),
  results: z.record(z.string(), z.number()).describe("Every score by name."),
  duration_ms: z.number().int().describe("Wall time of the worker, in ms."),
});
