import type { Shortfall } from "@trainyard/core";
import { gigabytes } from "../gigabytes.ts";
import { estimateTraining, type TrainingLoad } from "./memory.ts";
import { biggestGpu, type Machine } from "./machine.ts";
import { loraParameters } from "./model-shape.ts";

/** A training held against a machine. */
export interface Fitting {
  readonly label: string;
  readonly method: string;
  readonly load: TrainingLoad;
  /** What the same training would take on a GPU. */
  readonly gpuLoad: TrainingLoad;
  readonly accumulation: number;
  readonly machine: Machine;
}

/** Share of a device's memory that an estimate may fill: the rest is the estimate's own uncertainty. */
const USABLE = 0.85;

const GPU_CLASSES: readonly (readonly [bytes: number, names: string])[] = [
  [16e9, "a 16 GB GPU such as a T4 or V100"],
  [24e9, "a 24 GB GPU such as an L4, A10 or RTX 4090"],
  [48e9, "a 48 GB GPU such as an L40S or A6000"],
  [80e9, "an 80 GB GPU such as an A100 or H100"],
  [141e9, "a 141 GB GPU such as an H200"],
];

/** The memory that a training lacks, with what would fit instead; undefined when it fits. */
export function memoryShortfall(fitting: Fitting): Shortfall | undefined {
  const { label, method, load, gpuLoad, machine } = fitting;
  const { bytes } = estimateTraining(load);
  const gpu = biggestGpu(machine);
  const capacity = gpu?.totalBytes ?? machine.memoryBytes;
  if (bytes <= capacity) return undefined;
  const onGpu = gigabytes(estimateTraining(gpuLoad).bytes);
  const message = gpu
    ? `\`${label}\` with method ${method} needs ${onGpu} of GPU memory; this machine's ${gpu.name} has ${gigabytes(gpu.totalBytes)}.`
    : `\`${label}\` with method ${method} needs ${onGpu} of GPU memory; this machine has no GPU and ${gigabytes(capacity)} of main memory, where it would need ${gigabytes(bytes)}.`;
  return { resource: gpu ? "gpu-memory" : "memory", message, fix: fixFor(fitting, capacity) };
}

/** Sentence about a training that fits, but only just; undefined when there is room. */
export function tightness({ load, machine }: Fitting): string | undefined {
  const { bytes } = estimateTraining(load);
  const gpu = biggestGpu(machine);
  const total = gpu?.totalBytes ?? machine.memoryBytes;
  const free = gpu?.freeBytes ?? machine.freeMemoryBytes;
  const device = gpu ? "GPU" : "main";
  if (bytes > total) return undefined;
  if (bytes > free)
    return `It needs ${gigabytes(bytes)} of ${device} memory, of which ${gigabytes(free)} are free now: end what uses the rest.`;
  return bytes > total * USABLE
    ? `It needs ${gigabytes(bytes)} of ${gigabytes(total)} ${device} memory: tight, since estimates are off by 15 %.`
    : undefined;
}

function fixFor(fitting: Fitting, capacity: number): string {
  const same = sameMethod(fitting, capacity);
  const other = same ? undefined : otherMethod(fitting, capacity);
  return [same, other, `Or run it on ${gpuClass(estimateTraining(fitting.gpuLoad).bytes)}.`]
    .filter(Boolean)
    .join(" ");
}

/** The steps that leave method, model and effective batch as they are. */
function sameMethod({ load, accumulation }: Fitting, capacity: number): string | undefined {
  const smaller = { ...load, batch: 1 };
  const steps = [
    [smaller, `per_device_train_batch_size 1 with gradient_accumulation_steps ${accumulation * load.batch}`],
    [{ ...load, gradientCheckpointing: true }, "gradient_checkpointing true"],
    [
      { ...smaller, gradientCheckpointing: true },
      `gradient_checkpointing true, per_device_train_batch_size 1 and gradient_accumulation_steps ${accumulation * load.batch}`,
    ],
  ] as const;
  const fitting = steps.find(([candidate]) => estimateTraining(candidate).bytes <= capacity * USABLE);
  return fitting && `It fits with ${fitting[1]} (${gigabytes(estimateTraining(fitting[0]).bytes)}).`;
}

/** Methods that need less: only ever suggested, since they train something else. */
function otherMethod({ load }: Fitting, capacity: number): string | undefined {
  const adapterParameters = load.adapterParameters || loraParameters(load.shape, 16);
  const methods =
    load.method === "full"
      ? (["lora", "qlora"] as const)
      : load.method === "lora"
        ? (["qlora"] as const)
        : [];
  const found = methods
    .map((method) => ({
      method,
      bytes: estimateTraining({
        ...load,
        method,
        adapterParameters,
        batch: 1,
        gradientCheckpointing: true,
        reference: false,
      }).bytes,
    }))
    .find(({ bytes }) => bytes <= capacity * USABLE);
  return (
    found &&
    `Method ${found.method} would fit (${gigabytes(found.bytes)}), if training an adapter${found.method === "qlora" ? " on 4-bit weights" : ""} will do.`
  );
}

function gpuClass(bytes: number): string {
  return (
    GPU_CLASSES.find(([capacity]) => bytes <= capacity * USABLE)?.[1] ??
    "several GPUs: no single one has the memory"
  );
}
