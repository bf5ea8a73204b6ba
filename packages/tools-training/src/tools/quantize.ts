import { defineTool, TrainyardError } from "@trainyard/core";
import { resolveModel } from "../models/model-source.ts";
import type { TrainingSettings } from "../options.ts";
import { preflightQuantize } from "../preflight/preflight-quantize.ts";
import { runWorker } from "../worker/run-worker.ts";
import { stageArtifact, stageModel } from "../worker/staging.ts";
import { isFloating } from "./floating.ts";
import { publishQuantized } from "./publish-quantized.ts";
import { quantizeInput } from "./quantize-input.ts";
import { parseQuantizeValues, quantizeOutput } from "./quantize-output.ts";
import { resolveQuantize } from "./resolve-quantize.ts";

/** Makes the tool that makes models smaller. */
export function quantizeTool(settings: TrainingSettings) {
  return defineTool({
    name: "quantize",
    description:
      "Makes a model smaller: int8 on any machine, 4 and 8 bits with bitsandbytes, GPTQ, AWQ or GGUF. An adapter is merged first.",
    version: "1",
    input: quantizeInput,
    output: quantizeOutput,
    annotations: {
      title: "Quantize a model",
      readOnlyHint: false,
      destructiveHint: false,
      openWorldHint: true,
    },
    isolation: "process",
    resources: settings.resources,
    cache: true,
    validate: async ({ model }) => !isFloating(model),
    preflight: (input, context) => preflightQuantize(input, context, settings),
    async run(input, context) {
      const parameters = resolveQuantize(input);
      const source = await resolveModel(input.model, {
        models: context.models,
        modelRoots: settings.modelRoots,
      });
      const outcome = await runWorker(
        {
          tool: "quantize",
          env: input.env,
          async stage(folder) {
            const { model, hub, readOnly } = await stageModel(source, folder, context.artifacts);
            const calibration = await stageArtifact(
              input.calibration_dataset,
              folder,
              "calibration_dataset",
              context.artifacts,
            );
            return {
              input: { ...parameters, model, ...(calibration && { calibration_dataset: calibration }) },
              hub,
              readOnly,
            };
          },
        },
        context,
        settings,
      );
      const values = parseQuantizeValues(outcome.values);
      if (!values)
        throw new TrainyardError(
          "WORKER_FAILED",
          "The worker of `quantize` ended without its sizes; is another program standing in for it?",
        );
      return publishQuantized({ input, parameters, source, values, outcome }, context, settings);
    },
  });
}
