import type { JsonObject, PreflightContext, PreflightReport } from "@trainyard/core";
import type { TrainingSettings } from "../options.ts";
import { resolveTrain } from "../tools/resolve-train.ts";
import type { TrainInput } from "../tools/train-input.ts";
import { inspectModel, type InspectedModel } from "./inspect-model.ts";
import { parameterCount, shapeOfConfig } from "./model-shape.ts";
import { trainingReport } from "./training-report.ts";

/** Says what a `train` step needs. Throws `CONFIG_INVALID`. */
export async function preflightTrain(
  input: Partial<TrainInput>,
  context: PreflightContext,
  settings: TrainingSettings,
): Promise<PreflightReport> {
  const { values, notes } = await resolveTrain(input, context.artifacts);
  const { base_model } = input;
  const model =
    base_model === undefined
      ? fromScratch(values)
      : await inspectModel(base_model, { ...context, ...settings });
  return trainingReport(
    {
      tool: "train",
      method: base_model === undefined ? "scratch" : "continued",
      values,
      model,
      dataset: input.dataset,
      env: input.env,
      notes,
    },
    context,
    settings,
  );
}

/** What the worker puts in for dimensions that a model config leaves out. */
const WORKER_DEFAULTS = {
  hidden_size: 128,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  intermediate_size: 344,
};

function fromScratch({ model_config, tokenizer }: JsonObject): InspectedModel {
  const trained = (tokenizer as { train?: { vocab_size?: number } } | undefined)?.train;
  const vocab_size = typeof tokenizer === "string" ? undefined : (trained?.vocab_size ?? 512);
  const shape = shapeOfConfig({ ...WORKER_DEFAULTS, vocab_size, ...(model_config as object) });
  return {
    label: "a new Llama",
    download: false,
    ...(shape && { shape, parameters: parameterCount(shape) }),
  };
}
