import type { JsonObject, JsonValue } from "@trainyard/core";

/** A config in the words of a step, and what is said about the rest of it. */
export interface AdaptedConfig {
  readonly values: JsonObject;
  /** Sentences about what the config asks for and the step does not do. */
  readonly notes: readonly string[];
}

/** Keys that belong in a training configuration but are no parameters of a step, and what becomes of them. */
const ELSEWHERE: Readonly<Record<string, (value: JsonValue | undefined) => string | undefined>> = {
  model: (value) => `The config names the model ${JSON.stringify(value)}; the step's own model is used.`,
  val_size: () => "The config's val_size is for load_dataset, which splits the data; here it has no effect.",
  prompt_template: (value) =>
    `The config's prompt_template ${JSON.stringify(value)} is not used: rows are written with the tokenizer's own chat template.`,
  optim: (value) =>
    String(value).startsWith("adamw_torch")
      ? undefined
      : `The config's optim ${JSON.stringify(value)} is not offered: adamw_torch_fused trains.`,
  resume_from_checkpoint: () =>
    "The config's resume_from_checkpoint is not used: give the checkpoint artifact to the step.",
};

/** Takes out what is meant for other steps, and brings values of other conventions into those of the step. */
export function adaptConfig(config: JsonObject): AdaptedConfig {
  const entries = Object.entries(config);
  const notes = entries.flatMap(([key, value]) =>
    Object.hasOwn(ELSEWHERE, key) ? [ELSEWHERE[key]!(value)] : [],
  );
  const own = entries
    .filter(([key]) => !Object.hasOwn(ELSEWHERE, key))
    .flatMap(([key, value]) => plainer(key, value));
  return { values: Object.fromEntries(own), notes: notes.filter((note) => note !== undefined) };
}

function plainer(
  key: string,
  value: JsonValue | undefined,
): readonly (readonly [string, JsonValue | undefined])[] {
  // Trainers write "not set" as -1, and a share of all steps as a number of steps below 1.
  if (key === "max_steps" && value === -1) return [];
  if (key === "warmup_steps" && typeof value === "number" && value > 0 && value < 1)
    return [["warmup_ratio", value]];
  return [[key, value]];
}
