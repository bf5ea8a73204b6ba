import { type JsonObject, type JsonValue, nearestName } from "@trainyard/core";
import { configValue } from "./config-value.ts";
import { type Dialect, dialectKeys, detectDialect } from "./dialect.ts";
import { nativeKeys } from "./native-keys.ts";
import { type RemovedKey, removedKeyNames, removedKeys } from "./removed-keys.ts";
import { applySpecial, type Draft, type NamedDataset } from "./special-keys.ts";

/** A configuration in native names. */
export interface ResolvedConfig {
  readonly dialect: Dialect;
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly dataset?: NamedDataset | undefined;
  readonly unknownKeys: readonly { readonly key: string; readonly nearest?: string }[];
  readonly removedKeys: readonly RemovedKey[];
  readonly warnings: readonly string[];
}

/** Brings a configuration into native names; `overrides`, in the same or in native names, win. Throws `CONFIG_INVALID`. */
export function resolveConfig(
  config: JsonObject,
  overrides: JsonObject,
  wanted: Dialect | "auto",
): ResolvedConfig {
  const dialect =
    wanted === "auto" ? detectDialect([...Object.keys(config), ...Object.keys(overrides)]) : wanted;
  const draft: Draft = { values: {}, warnings: [] };
  const unknown = new Set<string>();
  const ignored = new Set<string>();
  for (const [key, value] of [...Object.entries(config), ...Object.entries(overrides)]) {
    const place = placeKey(key, value ?? null, dialect, draft);
    if (place === "unknown") unknown.add(key);
    if (place === "ignored") ignored.add(key);
  }
  dialectKeys[dialect].imply?.(draft);
  decideMethod(draft, Object.hasOwn(overrides, "method"));
  if (ignored.size > 0)
    draft.warnings.push(`Keys without a meaning here were left out: ${[...ignored].join(", ")}.`);
  return {
    dialect,
    values: draft.values,
    dataset: draft.dataset,
    unknownKeys: [...unknown].map((key) => unknownKey(key, dialect)),
    // Elsewhere these names are the dialect's own, or Trainyard's.
    removedKeys: dialect === "hf" ? removedKeys([...Object.keys(config), ...Object.keys(overrides)]) : [],
    warnings: draft.warnings,
  };
}

function placeKey(
  key: string,
  value: JsonValue,
  dialect: Dialect,
  draft: Draft,
): "placed" | "ignored" | "unknown" {
  const { aliases, ignored } = dialectKeys[dialect];
  const alias = Object.hasOwn(aliases, key) ? aliases[key] : sharedAlias(key);
  if (typeof alias === "object") {
    applySpecial(alias.special, key, value, draft);
    return "placed";
  }
  const native = alias ?? (Object.hasOwn(nativeKeys, key) ? key : undefined);
  if (native === undefined) return ignored.includes(key) || removedKeyNames.has(key) ? "ignored" : "unknown";
  // `lora_target_modules:` without a value means: the default.
  if (value !== null) draft.values[native] = configValue(key, plainer(native, value), nativeKeys[native]!);
  return "placed";
}

/** Renamed keys mean the same in every dialect. */
function sharedAlias(key: string): string | undefined {
  if (key === "evaluation_strategy") return "eval_strategy";
  return key === "max_seq_length" ? "max_length" : undefined;
}

/** axolotl also names the way of checkpointing. */
function plainer(native: string, value: JsonValue): JsonValue {
  return native === "gradient_checkpointing" &&
    typeof value === "string" &&
    /^(unsloth|offload\w*)$/.test(value)
    ? true
    : value;
}

function decideMethod(draft: Draft, isFixed: boolean): void {
  const { tuning, fourBit, values } = draft;
  const objective = draft.objective ?? (values["method"] === "dpo" ? "dpo" : undefined);
  if (isFixed || (tuning === undefined && objective === undefined && fourBit === undefined)) return;
  const hasAdapter = tuning === "lora" || (tuning === undefined && values["method"] !== "full");
  if (objective === "dpo") {
    values["method"] = "dpo";
    if (tuning === "full") values["use_lora"] ??= false;
    if (fourBit)
      draft.warnings.push("DPO on 4-bit weights is not offered: the model is loaded in its own precision.");
  } else if (hasAdapter && fourBit) values["method"] = "qlora";
  else if (tuning !== undefined) values["method"] = tuning;
  if (!hasAdapter && fourBit)
    draft.warnings.push("4-bit loading was left out: all weights cannot be trained in 4 bits.");
}

function unknownKey(key: string, dialect: Dialect): { readonly key: string; readonly nearest?: string } {
  const names = [...Object.keys(nativeKeys), ...Object.keys(dialectKeys[dialect].aliases)];
  const nearest = nearestName(key, names);
  return { key: key.slice(0, 256), ...(nearest !== undefined && { nearest }) };
}
