import { defineTool } from "@trainyard/core";
import { resolveModel } from "../models/model-source.ts";
import type { TrainingSettings } from "../options.ts";
import { preflightFinetune } from "../preflight/preflight-finetune.ts";
import { finetuneInput, finetuneMethod } from "./finetune-input.ts";
import { isFloating } from "./floating.ts";
import { finetunedKind, resolveFinetune } from "./resolve-finetune.ts";
import { runTraining } from "./run-training.ts";
import { trainingOutput } from "./training-output.ts";

/** Makes the tool that finetunes a model. */
export function finetuneTool(settings: TrainingSettings) {
  return defineTool({
    name: "finetune",
    description:
      "Finetunes a causal language model with LoRA, QLoRA, all weights, or preferences (DPO). Gives an adapter, or the full model for method full.",
    version: "1",
    input: finetuneInput,
    output: trainingOutput,
    annotations: {
      title: "Finetune a model",
      readOnlyHint: false,
      destructiveHint: false,
      openWorldHint: true,
    },
    isolation: "process",
    resources: settings.resources,
    cache: true,
    validate: async ({ model }) => !isFloating(model),
    outputKinds: (input) => ({
      model: finetunedKind(finetuneMethod.catch("lora").parse(input["method"]), input["use_lora"]),
    }),
    preflight: (input, context) => preflightFinetune(input, context, settings),
    async run(input, context) {
      const { method } = input;
      const { values: parameters, notes } = await resolveFinetune(input, context.artifacts);
      for (const note of notes) context.log("warning", note);
      const source = await resolveModel(input.model, {
        models: context.models,
        modelRoots: settings.modelRoots,
      });
      return runTraining(
        {
          tool: "finetune",
          method,
          sourcePort: "model",
          source,
          kind: finetunedKind(method, parameters["use_lora"]),
          parameters: { ...parameters, method },
          ports: input,
          name: input.name,
          naming: [source.label, method],
          demo: source.demo,
        },
        context,
        settings,
      );
    },
  });
}
