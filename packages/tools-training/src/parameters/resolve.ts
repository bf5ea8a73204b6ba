import { type JsonObject, nearestName, TrainyardError } from "@trainyard/core";
import type * as z from "zod";

/** Where the values of a step's parameters may come from, strongest first after `schemas`. */
export interface ParameterSources {
  /** The parameters that the step takes, each with its bounds. */
  readonly schemas: Readonly<Record<string, z.ZodType>>;
  /** The step's input; ports in it are passed over. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Values of the step's `config` artifact. */
  readonly config?: JsonObject | undefined;
  readonly defaults: JsonObject;
}

/** What a step runs with, and what has to be said about its config. */
export interface ResolvedParameters {
  readonly values: JsonObject;
  readonly notes: readonly string[];
}

/** The parameters a step runs with: its input over its config over the defaults. Throws `CONFIG_INVALID`. */
export function resolveParameters({ schemas, input, config = {}, defaults }: ParameterSources): JsonObject {
  const given = { ...checkConfig(config, schemas), ...onlyKnown(input, schemas) };
  const resolved = { ...defaults, ...given };
  return withoutUndefined({ ...resolved, ...reconciled(given, defaults) });
}

function onlyKnown(
  input: Readonly<Record<string, unknown>>,
  schemas: ParameterSources["schemas"],
): JsonObject {
  return Object.fromEntries(
    Object.entries(input).filter(([key, value]) => key in schemas && value !== undefined),
  ) as JsonObject;
}

/** What a given value implies for defaults that were chosen to go with another. */
function reconciled(given: JsonObject, defaults: JsonObject): JsonObject {
  const batch = given["per_device_train_batch_size"];
  const effective =
    Number(defaults["per_device_train_batch_size"]) * Number(defaults["gradient_accumulation_steps"]);
  const accumulation = Math.max(1, Math.round(effective / Number(batch)));
  return {
    ...(batch !== undefined &&
      given["gradient_accumulation_steps"] === undefined && { gradient_accumulation_steps: accumulation }),
    ...(given["warmup_steps"] !== undefined &&
      given["warmup_ratio"] === undefined && { warmup_ratio: undefined }),
    ...(given["max_steps"] !== undefined &&
      given["num_train_epochs"] === undefined && { num_train_epochs: undefined }),
  };
}

function checkConfig(config: JsonObject, schemas: ParameterSources["schemas"]): JsonObject {
  const known = Object.keys(schemas);
  for (const [key, value] of Object.entries(config)) {
    if (!Object.hasOwn(schemas, key))
      throw new TrainyardError("CONFIG_INVALID", unknownKey(key, known), { data: { key } });
    const parsed = schemas[key]!.safeParse(value);
    if (parsed.success) continue;
    const why = parsed.error.issues.map((issue) => issue.message).join("; ");
    throw new TrainyardError(
      "CONFIG_INVALID",
      `The config sets \`${key}\` to ${JSON.stringify(value)}: ${why}.`,
      { data: { key } },
    );
  }
  return config;
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestName(key, known);
  const hint = near ? `Did you mean \`${near}\`?` : `Known: ${known.toSorted().join(", ")}.`;
  return `The config has the unknown parameter \`${key}\`. ${hint}`;
}

function withoutUndefined(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
