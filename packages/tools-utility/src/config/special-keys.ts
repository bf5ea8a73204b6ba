import { TrainyardError, type JsonObject, type JsonValue } from "@trainyard/core";
import { configValue } from "./config-value.ts";
import type { Special } from "./dialect-keys.ts";

/** The dataset a configuration names; `load_dataset` reads it. */
export interface NamedDataset {
  readonly path: string;
  readonly name?: string;
  readonly format?: string;
}

/** What the special keys of a configuration said, gathered before the method is decided. */
export interface Draft {
  readonly values: Record<string, JsonValue>;
  readonly warnings: string[];
  dataset?: NamedDataset;
  /** The configuration's word for how weights are trained. */
  tuning?: "full" | "lora";
  objective?: "sft" | "dpo";
  fourBit?: boolean;
}

/** Applies one special rule. Throws `CONFIG_INVALID` for a value it cannot follow. */
export function applySpecial(special: Special, key: string, value: JsonValue, draft: Draft): void {
  RULES[special](key, value, draft);
}

type Rule = (key: string, value: JsonValue, draft: Draft) => void;

const flag = (key: string, value: JsonValue): boolean => configValue(key, value, { is: "boolean" }) === true;

const adapter: Rule = (key, value, draft) => {
  if (typeof value === "boolean") draft.tuning = value ? "lora" : "full";
  else if (value === "lora" || value === "full") draft.tuning = value;
  else if (value === "qlora") Object.assign(draft, { tuning: "lora", fourBit: true });
  else if (value === null || value === "") draft.tuning = "full";
  else throw unsupported(key, value, "full, lora or qlora");
};

const objective: Rule = (key, value, draft) => {
  if (value === null || value === "sft") draft.objective = "sft";
  else if (value === "dpo") draft.objective = "dpo";
  else if (value === "pt") {
    draft.objective = "sft";
    draft.warnings.push("`stage: pt` trains on plain text: give `finetune` a dataset of format text.");
  } else throw unsupported(key, value, "sft, dpo or pt");
};

const fourBit: Rule = (key, value, draft) => {
  draft.fourBit = flag(key, value);
};

const bits: Rule = (key, value, draft) => {
  const count = value === null ? 0 : configValue(key, value, { is: "number", integer: true });
  if (count !== 4 && count !== 0)
    draft.warnings.push(`\`${key}: ${String(count)}\` was left out: only 4 bits can be trained on.`);
  draft.fourBit = count === 4;
};

const eightBit: Rule = (key, value, draft) => {
  if (flag(key, value))
    draft.warnings.push(`\`${key}\` was left out: training in 8 bits is not offered; use load_in_4bit.`);
};

const allLinear: Rule = (key, value, draft) => {
  if (flag(key, value)) draft.values["target_modules"] = "all-linear";
};

const trainsOnPrompt: Rule = (key, value, draft) => {
  draft.values["completion_only_loss"] = !flag(key, value);
};

const halfPrecision: Rule = (key, value, draft) => {
  if (value !== null && value !== "auto" && flag(key, value)) {
    draft.warnings.push("`fp16` was left out: training is in bf16 or full precision. Set `bf16`.");
  }
};

const valShare: Rule = (key, value, draft) => {
  const share = configValue(key, value, { is: "number", min: 0 }) as number;
  if (share < 1) draft.values["val_size"] = share;
  else
    draft.warnings.push(
      `\`${key}: ${share}\` was left out: give a share below 1 instead of a number of rows.`,
    );
};

const dataset: Rule = (key, value, draft) => {
  const names =
    typeof value === "string"
      ? value
          .split(",")
          .map((name) => name.trim())
          .filter(Boolean)
      : [];
  if (names.length === 0) throw unsupported(key, value, "the name of a dataset");
  keepDataset(draft, { path: names[0]! }, names.length);
};

const datasets: Rule = (key, value, draft) => {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  const first = list[0];
  if (typeof first !== "object" || first === null || typeof (first as JsonObject)["path"] !== "string") {
    throw unsupported(key, value, "a list of datasets with a `path`");
  }
  const { path, type, name } = first as JsonObject;
  const format = typeof type === "string" ? formatOf(type) : undefined;
  keepDataset(
    draft,
    { path: path as string, ...(typeof name === "string" && { name }), ...(format && { format }) },
    list.length,
  );
};

function keepDataset(draft: Draft, found: NamedDataset, count: number): void {
  draft.dataset = found;
  draft.warnings.push(`The configuration names the dataset \`${found.path}\`: give it to load_dataset.`);
  if (count > 1) draft.warnings.push(`It names ${count} datasets; only the first is passed on.`);
}

function formatOf(type: string): string | undefined {
  const base = type.split(/[.:]/)[0];
  return { alpaca: "alpaca", sharegpt: "sharegpt", chat_template: "messages", completion: "text" }[
    base ?? ""
  ];
}

const RULES: Readonly<Record<Special, Rule>> = {
  adapter,
  stage: objective,
  rl: objective,
  load_in_4bit: fourBit,
  load_in_8bit: eightBit,
  quantization_bit: bits,
  target_linear: allLinear,
  trains_on_prompt: trainsOnPrompt,
  fp16: halfPrecision,
  val_share: valShare,
  dataset,
  datasets,
};

function unsupported(key: string, value: JsonValue, wanted: string): TrainyardError {
  const shown = JSON.stringify(value).slice(0, 80);
  return new TrainyardError("CONFIG_INVALID", `\`${key}: ${shown}\` is not supported; use ${wanted}.`, {
    data: { key },
  });
}
