import type { JsonObject, MemoryTerm, PreflightContext, PreflightReport, Shortfall } from "@trainyard/core";
import { METHOD_LIBRARIES } from "../libraries.ts";
import type { TrainingSettings } from "../options.ts";
import { resolveQuantize } from "../tools/resolve-quantize.ts";
import type { QuantizeInput } from "../tools/quantize-input.ts";
import { type DiskLoad, diskBytes, diskShortfall } from "./disk.ts";
import { gigabytes } from "../gigabytes.ts";
import { inspectModel, type InspectedModel, UNKNOWN_MODEL } from "./inspect-model.ts";
import { missingLibraries } from "./library.ts";
import { biggestGpu, type Machine } from "./machine.ts";

const BITS: Readonly<Record<string, number>> = {
  int8: 8,
  "bnb-int8": 8,
  "bnb-nf4": 4,
  gptq: 4,
  awq: 4,
  gguf: 4,
};
/** Scales, zero points and layers left as they are, over the bits of the weights. */
const OVERHEAD = 1.15;

/** Says what a `quantize` step needs: the whole model in memory, and its copy. */
export async function preflightQuantize(
  input: Partial<QuantizeInput>,
  context: PreflightContext,
  settings: TrainingSettings,
): Promise<PreflightReport> {
  const values = resolveQuantize(input);
  const model =
    input.model === undefined ? undefined : await inspectModel(input.model, { ...context, ...settings });
  const machine = await settings.machine();
  const terms = model?.parameters === undefined ? [] : memoryTerms(model.parameters, values);
  const disk = model?.parameters === undefined ? undefined : diskLoad(model, model.parameters, values);
  const memoryBytes = terms.reduce((sum, { bytes }) => sum + bytes, 0);
  const needed = METHOD_LIBRARIES[String(values["method"])] ?? [];
  const libraries = await missingLibraries(needed, input.env, context);
  const lacking = [
    ...libraries.shortfalls,
    model?.shortfall,
    memoryShortfall(memoryBytes, model, machine),
    disk && diskShortfall(disk, machine.freeDiskBytes, settings.stateDir),
  ];
  return {
    resolved: { ...values, ...(model && { model: model.label }) },
    device: biggestGpu(machine) ? "gpu" : "cpu",
    ...(model?.parameters !== undefined && { parameters: model.parameters, memoryBytes }),
    ...(disk && { diskBytes: diskBytes(disk) }),
    terms: terms.slice(0, 3),
    warnings: [...libraries.warnings, ...warningsOf(model, values, machine)],
    shortfalls: lacking.filter((shortfall): shortfall is Shortfall => shortfall !== undefined),
  };
}

function memoryTerms(parameters: number, values: JsonObject): readonly MemoryTerm[] {
  const terms = [
    { name: "weights", bytes: parameters * 2 },
    { name: "quantized weights", bytes: quantizedBytes(parameters, values) },
    { name: "Python and libraries", bytes: 0.9e9 },
  ];
  return terms
    .map(({ name, bytes }) => ({ name, bytes: Math.round(bytes) }))
    .toSorted((a, b) => b.bytes - a.bytes);
}

function quantizedBytes(parameters: number, { method, bits }: JsonObject): number {
  return (parameters * Number(bits ?? BITS[String(method)] ?? 8) * OVERHEAD) / 8;
}

function diskLoad({ download, source }: InspectedModel, parameters: number, values: JsonObject): DiskLoad {
  const base = source?.base;
  return {
    downloadBytes: download ? parameters * 2 : 0,
    inputBytes: base?.from === "artifact" ? base.ref.sizeBytes : 0,
    outputBytes: quantizedBytes(parameters, values),
    // All methods but int8 go over a merged copy on disk.
    checkpointBytes: values["method"] === "int8" ? 0 : parameters * 2,
  };
}

function memoryShortfall(
  bytes: number,
  model: InspectedModel | undefined,
  { memoryBytes }: Machine,
): Shortfall | undefined {
  if (bytes <= memoryBytes) return undefined;
  const message = `Quantizing \`${model?.label ?? "the model"}\` holds ${gigabytes(bytes)} in main memory; this machine has ${gigabytes(memoryBytes)}.`;
  return {
    resource: "memory",
    message,
    fix: "Run it on a machine with more main memory, or take a model that is already quantized.",
  };
}

function warningsOf(
  model: InspectedModel | undefined,
  { method }: JsonObject,
  { gpus }: Machine,
): readonly string[] {
  const slow =
    gpus.length === 0 && (method === "gptq" || method === "awq")
      ? [`Method ${method} calibrates layer by layer: without a GPU it takes hours. int8 takes seconds.`]
      : [];
  if (!model) return [...slow, UNKNOWN_MODEL];
  return model.parameters === undefined
    ? [...slow, `The architecture of \`${model.label}\` is not known: memory and disk cannot be estimated.`]
    : slow;
}
