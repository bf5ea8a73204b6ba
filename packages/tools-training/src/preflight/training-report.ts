import type { ArtifactRef, JsonObject, PreflightContext, PreflightReport, Shortfall } from "@trainyard/core";
import { gigabytes } from "../gigabytes.ts";
import { METHOD_LIBRARIES } from "../libraries.ts";
import type { TrainingSettings } from "../options.ts";
import type { TrainingMethod } from "../parameters/defaults.ts";
import { checkpointBytes, type DiskLoad, diskBytes, diskShortfall } from "./disk.ts";
import { type Fitting, memoryShortfall, tightness } from "./fit.ts";
import { type InspectedModel, UNKNOWN_MODEL } from "./inspect-model.ts";
import { missingLibraries } from "./library.ts";
import { biggestGpu, deviceClass, type Machine } from "./machine.ts";
import { estimateTraining, type Precision, type TrainingLoad } from "./memory.ts";
import { loraParameters, type ModelShape, parameterCount } from "./model-shape.ts";
import { estimateTime } from "./time.ts";

/** A training as a preflight knows it. */
export interface PlannedTraining {
  readonly tool: "train" | "finetune";
  readonly method: TrainingMethod;
  readonly values: JsonObject;
  readonly model: InspectedModel | undefined;
  readonly dataset: ArtifactRef | undefined;
  readonly env: ArtifactRef | undefined;
  /** What is said about its config. */
  readonly notes: readonly string[];
}

/** Models above this train for days on a CPU. */
const SLOW_ON_CPU = 500e6;

/** Says what a training needs, and what this machine lacks for it. */
export async function trainingReport(
  plan: PlannedTraining,
  context: PreflightContext,
  settings: TrainingSettings,
): Promise<PreflightReport> {
  const machine = await settings.machine();
  const { values, method, model } = plan;
  const shape = model?.shape;
  const fitting = shape && fittingOf(plan, shape, model.label, machine);
  const adapter = fitting?.load.adapterParameters ?? 0;
  const memory = fitting && estimateTraining(fitting.load);
  const disk = fitting && diskLoad(plan, model, fitting.load);
  const rows = rowsOf(plan.dataset);
  const request = {
    tool: plan.tool,
    method,
    device: deviceClass(machine),
    parameters: model?.parameters,
    values,
    rows,
  };
  const timeMs = estimateTime(request, await context.models.list({ limit: 200 }));
  const libraries = await missingLibraries(METHOD_LIBRARIES[method] ?? [], plan.env, context);
  const lacking = [
    ...libraries.shortfalls,
    model?.shortfall,
    fitting && memoryShortfall(fitting),
    disk && diskShortfall(disk, machine.freeDiskBytes, settings.stateDir),
  ];
  return {
    resolved: { ...values, method, ...(model && { model: model.label }) },
    device: biggestGpu(machine) ? "gpu" : "cpu",
    ...(model?.parameters !== undefined && { parameters: model.parameters }),
    ...(fitting && {
      trainableParameters: fitting.load.method === "full" ? parameterCount(shape) : adapter,
    }),
    ...(memory && { memoryBytes: memory.bytes }),
    ...(disk && { diskBytes: diskBytes(disk) }),
    terms: memory?.terms.slice(0, 3) ?? [],
    ...(timeMs && { timeMs }),
    warnings: [...plan.notes, ...libraries.warnings, ...warningsOf(plan, fitting, machine)],
    shortfalls: lacking.filter((shortfall): shortfall is Shortfall => shortfall !== undefined),
  };
}

function fittingOf(plan: PlannedTraining, shape: ModelShape, label: string, machine: Machine): Fitting {
  const load = loadOf(plan, shape, biggestGpu(machine) ? "gpu" : "cpu");
  const gpuLoad = load.device === "gpu" ? load : loadOf(plan, shape, "gpu");
  return {
    label,
    method: plan.method,
    load,
    gpuLoad,
    machine,
    accumulation: Number(plan.values["gradient_accumulation_steps"] ?? 1),
  };
}

/** The load of a training on a device. */
function loadOf(
  { method, values }: Pick<PlannedTraining, "method" | "values">,
  shape: ModelShape,
  device: "gpu" | "cpu",
): TrainingLoad {
  const adapter =
    method === "lora" || method === "qlora" || (method === "dpo" && values["use_lora"] !== false);
  return {
    shape,
    method: method === "qlora" ? "qlora" : adapter ? "lora" : "full",
    adapterParameters: adapter
      ? loraParameters(shape, Number(values["lora_r"] ?? 16), values["target_modules"])
      : 0,
    batch: Number(values["per_device_train_batch_size"] ?? 1),
    sequences: method === "dpo" ? 2 : 1,
    length: Number(values["max_length"] ?? 512),
    gradientCheckpointing: values["gradient_checkpointing"] === true,
    precision: precisionOf(values["bf16"], device),
    device,
    reference: method === "dpo" && !adapter,
  };
}

function precisionOf(bf16: unknown, device: "gpu" | "cpu"): Precision {
  return bf16 === true || (bf16 !== false && device === "gpu") ? "mixed" : "fp32";
}

function diskLoad(
  { values }: PlannedTraining,
  { parameters = 0, download, source }: InspectedModel,
  load: TrainingLoad,
): DiskLoad {
  const trained = load.method === "full" ? parameters : load.adapterParameters;
  const base = source?.base;
  return {
    downloadBytes: download ? parameters * 2 : 0,
    inputBytes: base?.from === "artifact" ? base.ref.sizeBytes : 0,
    outputBytes: trained * 4,
    checkpointBytes: checkpointBytes(trained, values["save_steps"], values["save_total_limit"]),
  };
}

function rowsOf(dataset: ArtifactRef | undefined): number | undefined {
  const rows = dataset?.meta?.["rows"];
  return typeof rows === "number" ? rows : undefined;
}

function warningsOf(
  { model }: PlannedTraining,
  fitting: Fitting | undefined,
  machine: Machine,
): readonly string[] {
  if (!model) return [UNKNOWN_MODEL];
  if (!fitting)
    return [
      `The architecture of \`${model.label}\` is not known: memory, disk and time cannot be estimated.`,
    ];
  const slow =
    machine.gpus.length === 0 &&
    (model.parameters ?? 0) > SLOW_ON_CPU &&
    "This machine has no GPU: a model of this size trains for days on a CPU.";
  return [tightness(fitting), slow, mixedNote(fitting)].filter(
    (text): text is string => typeof text === "string",
  );
}

/** Published figures for all-weight training often mean pure bf16, which the worker does not do. */
function mixedNote({ load }: Fitting): string | undefined {
  if (load.method !== "full" || load.precision !== "mixed") return undefined;
  const mixed = gigabytes(estimateTraining(load).bytes);
  const pure = gigabytes(estimateTraining({ ...load, precision: "pure-bf16" }).bytes);
  return `All weights train in bf16 mixed precision with fp32 weights and AdamW: ${mixed}. Pure bf16 would take ${pure}, and is not what runs.`;
}
