import { artifact } from "@trainyard/core";
import * as z from "zod";

/** What every training gives back. */
export const trainingOutput = z.object({
  model: artifact("model", "The trained model, or its adapter."),
  model_version: z.string().describe("The registered version, as name@version."),
  description: z.string().describe("What the model is, in a sentence."),
  train_loss: z.number().describe("Mean loss over the training."),
  eval_loss: z.number().optional().describe("Loss on eval_dataset at the end."),
  steps: z.number().int().describe("Optimizer steps taken."),
  parameters: z.number().int().describe("Parameters of the model."),
  trainable_parameters: z.number().int().optional().describe("Parameters that were trained."),
  peak_memory_bytes: z
    .number()
    .int()
    .optional()
    .describe("Highest memory of the device that trained, in bytes."),
  size_bytes: z.number().int().describe("Size of the stored model or adapter, in bytes."),
  duration_ms: z.number().int().describe("Wall time of the worker, in ms."),
});

/** The output of `train` and `finetune`. */
export type TrainingOutput = z.input<typeof trainingOutput>;

const workerValues = trainingOutput
  .pick({
    train_loss: true,
    eval_loss: true,
    steps: true,
    parameters: true,
    trainable_parameters: true,
    peak_memory_bytes: true,
  })
  .extend({
    train_runtime_s: z.number().nonnegative().optional(),
    train_samples_per_second: z.number().nonnegative().optional(),
    epochs: z.number().nonnegative().optional(),
  });

/** The numbers that a training worker ends with. */
export type TrainingValues = z.output<typeof workerValues>;

/** Checks what a training worker said; undefined when numbers are missing or wrong. */
export function parseTrainingValues(values: unknown): TrainingValues | undefined {
  return workerValues.safeParse(values).data;
}
