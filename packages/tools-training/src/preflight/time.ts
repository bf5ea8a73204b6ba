import type { JsonObject, ModelVersion, PreflightReport } from "@trainyard/core";

/** A training whose time is asked for. */
export interface TimeRequest {
  readonly tool: string;
  readonly method: string;
  readonly device: string;
  readonly parameters: number | undefined;
  readonly values: JsonObject;
  /** Rows of the dataset, where they are known. */
  readonly rows: number | undefined;
}

/** Models compared with must not be further off than this factor: time does not scale evenly over more. */
const NEAR = 4;
/** What a single earlier run says about the next one is not exact. */
const SPREAD = 1.3;

/** The time of a training from earlier ones on the same kind of device; undefined when there is none to go by. */
export function estimateTime(
  request: TimeRequest,
  earlier: readonly ModelVersion[],
): PreflightReport["timeMs"] {
  const steps = stepsOf(request.values, request.rows);
  if (steps === undefined || request.parameters === undefined) return undefined;
  const paces = earlier.flatMap((version) => paceOf(version, request));
  if (paces.length === 0) return undefined;
  const work = steps * workPerStep(request.values, request.parameters);
  return {
    low: Math.round((work * Math.min(...paces) * 1000) / SPREAD),
    high: Math.round(work * Math.max(...paces) * 1000 * SPREAD),
    basis: `${paces.length} earlier ${paces.length === 1 ? "run" : "runs"} of ${request.tool} on ${request.device}`,
  };
}

/** Optimizer steps of a training; undefined when neither steps nor rows are known. */
function stepsOf(values: JsonObject, rows: number | undefined): number | undefined {
  if (typeof values["max_steps"] === "number") return values["max_steps"];
  if (rows === undefined) return undefined;
  return Math.ceil(rows / effectiveBatch(values)) * Number(values["num_train_epochs"] ?? 3);
}

/** Seconds per unit of work of an earlier run that is like the one asked for. */
function paceOf(
  { manifest }: ModelVersion,
  { tool, method, device, parameters = 0 }: TimeRequest,
): readonly number[] {
  const { train_runtime_s: seconds, steps, parameters: size } = manifest.metrics;
  const alike =
    manifest.tool === tool &&
    manifest.environment["device"] === device &&
    (manifest.parameters["method"] ?? method) === method;
  if (!alike || !seconds || !steps || !size || size > parameters * NEAR || size < parameters / NEAR)
    return [];
  return [seconds / (steps * workPerStep(manifest.parameters, size))];
}

function workPerStep(values: JsonObject, parameters: number): number {
  return parameters * effectiveBatch(values) * Number(values["max_length"] ?? 512);
}

function effectiveBatch(values: JsonObject): number {
  return (
    Number(values["per_device_train_batch_size"] ?? 8) * Number(values["gradient_accumulation_steps"] ?? 1)
  );
}
