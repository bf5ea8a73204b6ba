import type { ArtifactRef, MemoryTerm, PreflightContext, PreflightReport, Shortfall } from "@trainyard/core";
import { BENCHMARK_LIBRARIES, METHOD_LIBRARIES } from "../libraries.ts";
import type { TrainingSettings } from "../options.ts";
import { type EvaluateInput, isBenchmark } from "../tools/evaluate-schema.ts";
import { resolveEvaluate } from "../tools/resolve-evaluate.ts";
import { diskBytes, diskShortfall } from "./disk.ts";
import { gigabytes } from "../gigabytes.ts";
import { inspectModel, type InspectedModel, UNKNOWN_MODEL } from "./inspect-model.ts";
import { missingLibraries } from "./library.ts";
import { biggestGpu, type Machine } from "./machine.ts";

/** Longest sequence an evaluation holds keys and values of, where max_length does not say. */
const DEFAULT_LENGTH = 2048;

/** Says what an `evaluate` step needs: the weights, and keys and values of a batch. */
export async function preflightEvaluate(
  input: Partial<EvaluateInput>,
  context: PreflightContext,
  settings: TrainingSettings,
): Promise<PreflightReport> {
  const values = resolveEvaluate(input);
  const model =
    input.model === undefined ? undefined : await inspectModel(input.model, { ...context, ...settings });
  const machine = await settings.machine();
  const terms = model
    ? memoryTerms(
        model,
        machine,
        Number(values["batch_size"]),
        Number(values["max_length"] ?? DEFAULT_LENGTH),
      )
    : [];
  const memoryBytes = terms.reduce((sum, { bytes }) => sum + bytes, 0);
  const load = {
    downloadBytes: model?.download ? (model.parameters ?? 0) * 2 : 0,
    inputBytes: 0,
    outputBytes: 0,
    checkpointBytes: 0,
  };
  const libraries = await missingLibraries(librariesOf(input, model), input.env, context);
  const lacking = [
    ...libraries.shortfalls,
    model?.shortfall,
    memoryShortfall(memoryBytes, model, machine),
    diskShortfall(load, machine.freeDiskBytes, settings.stateDir),
  ];
  return {
    resolved: { ...values, ...(model && { model: model.label }) },
    device: biggestGpu(machine) ? "gpu" : "cpu",
    ...(model?.parameters !== undefined && {
      parameters: model.parameters,
      memoryBytes,
      diskBytes: diskBytes(load),
    }),
    terms: terms.slice(0, 3),
    warnings: [...libraries.warnings, ...(model ? [] : [UNKNOWN_MODEL])],
    shortfalls: lacking.filter((shortfall): shortfall is Shortfall => shortfall !== undefined),
  };
}

/** What benchmarks need, and what made the model if it is quantized. */
function librariesOf(
  { tasks }: Partial<EvaluateInput>,
  model: InspectedModel | undefined,
): readonly string[] {
  const method = quantized(model)?.meta?.["method"];
  return [
    ...(METHOD_LIBRARIES[String(method)] ?? []),
    ...(tasks?.some(isBenchmark) ? BENCHMARK_LIBRARIES : []),
  ];
}

/** The artifact of a quantized model; undefined for any other. */
function quantized(model: InspectedModel | undefined): ArtifactRef | undefined {
  const base = model?.source?.base;
  return base?.from === "artifact" && base.ref.kind === "model.quantized" ? base.ref : undefined;
}

/** Half precision on a GPU, single on a CPU, where it is faster and exact; GGUF is loaded as full weights. */
function weightBytes(model: InspectedModel, parameters: number, width: number): number {
  const ref = quantized(model);
  return ref && ref.meta?.["format"] !== "gguf" ? ref.sizeBytes : parameters * width;
}

function memoryTerms(
  model: InspectedModel,
  machine: Machine,
  batch: number,
  length: number,
): readonly MemoryTerm[] {
  const { parameters, shape } = model;
  if (parameters === undefined) return [];
  const width = biggestGpu(machine) ? 2 : 4;
  const cache = shape ? 2 * shape.layers * shape.keyValue * batch * length * width : 0;
  const terms = [
    { name: "weights", bytes: weightBytes(model, parameters, width) },
    { name: "keys and values", bytes: cache },
    { name: "Python and libraries", bytes: 0.9e9 },
  ];
  return terms
    .map(({ name, bytes }) => ({ name, bytes: Math.round(bytes) }))
    .toSorted((a, b) => b.bytes - a.bytes);
}

function memoryShortfall(
  bytes: number,
  model: InspectedModel | undefined,
  machine: Machine,
): Shortfall | undefined {
  const gpu = biggestGpu(machine);
  const capacity = gpu?.totalBytes ?? machine.memoryBytes;
  if (bytes <= capacity) return undefined;
  const device = gpu
    ? `${gpu.name} has ${gigabytes(capacity)}`
    : `machine has no GPU and ${gigabytes(capacity)} of main memory`;
  return {
    resource: gpu ? "gpu-memory" : "memory",
    message: `Evaluating \`${model?.label ?? "the model"}\` needs ${gigabytes(bytes)} of memory; this ${device}.`,
    fix: "Lower batch_size or max_length, evaluate a quantized model, or run it on a machine with more memory.",
  };
}
