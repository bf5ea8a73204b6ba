import { type ArtifactRef, defineTool } from "@trainyard/core";
import { localModelFolder, looksLikePath } from "../models/local-folder.ts";
import { type ModelSource, resolveModel } from "../models/model-source.ts";
import type { TrainingSettings } from "../options.ts";
import { preflightTrain } from "../preflight/preflight-train.ts";
import { presetName } from "../presets.ts";
import { isFloating } from "./floating.ts";
import { resolveTrain } from "./resolve-train.ts";
import { runTraining } from "./run-training.ts";
import { trainInput } from "./train-input.ts";
import { trainingOutput } from "./training-output.ts";

/** Makes the tool that trains a model from scratch or goes on with one. */
export function trainTool(settings: TrainingSettings) {
  return defineTool({
    name: "train",
    description:
      "Trains a causal language model: a new one from a model config or preset, or a base model further. Gives the full model.",
    version: "1",
    input: trainInput,
    output: trainingOutput,
    annotations: { title: "Train a model", readOnlyHint: false, destructiveHint: false, openWorldHint: true },
    isolation: "process",
    resources: settings.resources,
    cache: true,
    validate: async ({ model }) => !isFloating(model),
    preflight: (input, context) => preflightTrain(input, context, settings),
    async run(input, context) {
      const { values: parameters, notes } = await resolveTrain(input, context.artifacts);
      for (const note of notes) context.log("warning", note);
      const source = await sourceOf(input.base_model, {
        models: context.models,
        modelRoots: settings.modelRoots,
      });
      const tokenizer = await outsideTokenizer(parameters["tokenizer"], settings);
      const preset = source ? undefined : presetName(parameters["model_config"]);
      return runTraining(
        {
          tool: "train",
          method: source ? "continued" : "scratch",
          sourcePort: "base_model",
          source,
          kind: "model",
          parameters: tokenizer?.path ? { ...parameters, tokenizer: tokenizer.path } : parameters,
          ports: input,
          name: input.name,
          naming: source ? [source.label, "trained"] : [preset ?? "llama-from-scratch", ""],
          demo: source ? source.demo : preset !== undefined,
          readOnly: tokenizer?.path ? [tokenizer.path] : [],
          hub: tokenizer?.hub,
        },
        context,
        settings,
      );
    },
  });
}

async function sourceOf(
  value: string | ArtifactRef | undefined,
  lookup: Parameters<typeof resolveModel>[1],
): Promise<ModelSource | undefined> {
  return value === undefined ? undefined : resolveModel(value, lookup);
}

/** A tokenizer from a folder or the hub; undefined when it is trained on the data. */
async function outsideTokenizer(
  tokenizer: unknown,
  { modelRoots }: TrainingSettings,
): Promise<{ readonly path?: string; readonly hub: boolean } | undefined> {
  if (typeof tokenizer !== "string") return undefined;
  return looksLikePath(tokenizer)
    ? { path: await localModelFolder(tokenizer, modelRoots), hub: false }
    : { hub: true };
}
