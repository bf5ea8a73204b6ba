import { type ArtifactStore, type JsonObject, TrainyardError } from "@trainyard/core";
import { readConfigArtifact } from "../parameters/config-artifact.ts";
import { METHOD_DEFAULTS } from "../parameters/defaults.ts";
import { type ResolvedParameters, resolveParameters } from "../parameters/resolve.ts";
import {
  type FinetuneInput,
  type FinetuneMethod,
  finetuneParameters,
  foreignParameters,
} from "./finetune-input.ts";

/** The parameters a finetuning runs with. Throws `CONFIG_INVALID`. */
export async function resolveFinetune(
  input: Partial<FinetuneInput>,
  artifacts: ArtifactStore,
): Promise<ResolvedParameters> {
  const { method = "lora" } = input;
  const { values: given, notes } = await readConfigArtifact(input.config, artifacts);
  const { method: configured, ...config } = given;
  if (configured !== undefined && configured !== method) {
    throw new TrainyardError(
      "CONFIG_INVALID",
      `The config says method ${JSON.stringify(configured)}, the step runs ${method}: set \`method\` on the step, since its output depends on it.`,
    );
  }
  const resolved = resolveParameters({
    schemas: finetuneParameters,
    input,
    config,
    defaults: METHOD_DEFAULTS[method],
  });
  const [foreign] = foreignParameters(method, config);
  if (foreign)
    throw new TrainyardError("CONFIG_INVALID", `The config does not go with the step: ${foreign.message}`);
  return {
    values: method === "dpo" && resolved["use_lora"] === false ? withoutAdapter(resolved) : resolved,
    notes,
  };
}

function withoutAdapter(parameters: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(parameters).filter(([key]) => !key.startsWith("lora_") && key !== "target_modules"),
  );
}

/** The kind of what a method gives: an adapter unless it trains all weights. */
export function finetunedKind(method: FinetuneMethod, useLora: unknown): "model" | "model.adapter" {
  return method === "full" || (method === "dpo" && useLora === false) ? "model" : "model.adapter";
}
