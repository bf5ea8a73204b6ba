import { type ArtifactStore, type JsonObject, TrainyardError } from "@trainyard/core";
import { readConfigArtifact } from "../parameters/config-artifact.ts";
import { METHOD_DEFAULTS } from "../parameters/defaults.ts";
import { type ResolvedParameters, resolveParameters } from "../parameters/resolve.ts";
import { MODEL_PRESETS } from "../presets.ts";
import { trainContradiction } from "./train-choice.ts";
import { type TrainInput, trainParameters } from "./train-input.ts";

/** The parameters a training from scratch, or of a base model, runs with. Throws `CONFIG_INVALID`. */
export async function resolveTrain(
  input: Partial<TrainInput>,
  artifacts: ArtifactStore,
): Promise<ResolvedParameters> {
  const { values: given, notes } = await readConfigArtifact(input.config, artifacts);
  const scratch = input.base_model === undefined;
  const defaults = METHOD_DEFAULTS[scratch ? "scratch" : "continued"];
  const resolved = resolveParameters({
    schemas: trainParameters,
    input,
    config: withoutMethod(given),
    defaults,
  });
  const contradiction = trainContradiction({ ...resolved, base_model: input.base_model });
  if (contradiction)
    throw new TrainyardError(
      "CONFIG_INVALID",
      `With the config, the step contradicts itself. ${contradiction}`,
    );
  return { values: scratch ? withPreset(resolved) : resolved, notes };
}

/** `train` always trains all weights; a config that says otherwise is meant for `finetune`. */
function withoutMethod({ method, ...config }: JsonObject): JsonObject {
  if (method === undefined || method === "full") return config;
  throw new TrainyardError(
    "CONFIG_INVALID",
    `The config says method ${JSON.stringify(method)}, but \`train\` trains all weights: use \`finetune\`.`,
  );
}

/** A preset stands for a model config and a tokenizer; what is given beside it wins. */
function withPreset({ preset, ...parameters }: JsonObject): JsonObject {
  if (parameters["model_config"] !== undefined) return parameters;
  const { model_config, tokenizer } =
    MODEL_PRESETS[(preset as keyof typeof MODEL_PRESETS | undefined) ?? "tiny-llama"];
  return { tokenizer, ...parameters, model_config };
}
