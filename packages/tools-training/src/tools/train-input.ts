import { artifact } from "@trainyard/core";
import * as z from "zod";
import { modelName } from "../models/model-name.ts";
import { modelConfigSchema, tokenizerSchema } from "../parameters/model-config.ts";
import { trainerParameters } from "../parameters/trainer.ts";
import { checkpointInput, configInput, envInput, evalDatasetInput, modelInput } from "./ports.ts";
import { trainContradiction } from "./train-choice.ts";

/** What `train` may take from its config as well as from its input. */
export const trainParameters = {
  preset: z
    .enum(["tiny-llama"])
    .optional()
    .describe(
      "A built-in model with random weights. Default tiny-llama where neither model_config nor base_model is given.",
    ),
  model_config: modelConfigSchema.optional(),
  tokenizer: tokenizerSchema.optional(),
  ...trainerParameters,
} as const;

/** The input of `train`. */
export const trainInput = z
  .strictObject({
    dataset: artifact("dataset", "Rows to train on."),
    eval_dataset: evalDatasetInput,
    env: envInput,
    config: configInput,
    base_model: modelInput.optional().describe("A model to train further. Excludes preset and model_config."),
    resume_from_checkpoint: checkpointInput,
    name: modelName
      .optional()
      .describe("Name to register the model under. Default: from the model and the method."),
    ...trainParameters,
  })
  .superRefine((input, context) => {
    const message = trainContradiction(input);
    if (message) context.addIssue({ code: "custom", message, path: [] });
  });

/** The validated input of `train`. */
export type TrainInput = z.output<typeof trainInput>;
