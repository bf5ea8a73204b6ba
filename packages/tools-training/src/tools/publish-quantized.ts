import type { ToolContext, JsonObject } from "@trainyard/core";
import { defaultModelName } from "../models/model-name.ts";
import { baseIdentity, type ModelSource, sourceDigests } from "../models/model-source.ts";
import { publishModel } from "../models/publish.ts";
import type { TrainingSettings } from "../options.ts";
import { deviceClass } from "../preflight/machine.ts";
import { DEMO_DESCRIPTION } from "../presets.ts";
import type { WorkerOutcome } from "../worker/run-worker.ts";
import type { QuantizeInput } from "./quantize-input.ts";
import type { QuantizeValues } from "./quantize-output.ts";

/** A quantization that the worker has finished. */
export interface Quantized {
  readonly input: QuantizeInput;
  readonly parameters: JsonObject;
  readonly source: ModelSource;
  readonly values: QuantizeValues;
  readonly outcome: WorkerOutcome;
}

/** Stores and registers a quantized model. */
export async function publishQuantized(
  { input, parameters, source, values, outcome }: Quantized,
  context: ToolContext,
  settings: TrainingSettings,
) {
  const method = String(parameters["method"]);
  const description = `${source.label}${source.demo ? ` (${DEMO_DESCRIPTION})` : ""}, quantized with ${method} to ${values.bits_per_weight} bits per weight`;
  const base = baseIdentity(source);
  const { path } = await outcome.output("model", ["model.quantized"]);
  const { size_before_bytes, size_after_bytes, bits_per_weight } = values;
  const metrics = { size_before_bytes, size_after_bytes, bits_per_weight };
  const published = await publishModel(
    {
      folder: path,
      kind: "model.quantized",
      tool: "quantize",
      card: {
        name: input.name ?? defaultModelName(source.label, method),
        description,
        base: typeof base === "string" ? base : (base["name"] as string | undefined),
        datasets: [],
        library: "transformers",
        tags: ["quantized", method],
        metrics,
        parameters,
        demo: source.demo,
      },
      meta: {
        base_model: base,
        method,
        ...(values.parameters !== undefined && { parameters: values.parameters }),
        description,
        format: method === "gguf" ? "gguf" : method === "int8" ? "trainyard-int8" : "safetensors",
        ...(source.demo && { demo: true }),
        ...(source.floating && { floating: true }),
      },
      inputs: { ...sourceDigests(source, "model"), ...digests(input) },
      environment: { ...outcome.environment.record, device: deviceClass(await settings.machine()) },
      metrics,
    },
    context,
  );
  return {
    ...values,
    model: published.ref,
    model_version: published.version,
    description,
    size_bytes: published.ref.sizeBytes,
    duration_ms: outcome.durationMs,
  };
}

function digests({ env, calibration_dataset }: QuantizeInput): Readonly<Record<string, string>> {
  const refs = Object.entries({ env, calibration_dataset });
  return Object.fromEntries(refs.flatMap(([port, ref]) => (ref ? [[port, ref.digest]] : [])));
}
