import { type JsonValue, kindFits, type ToolDescriptor } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";
import { identifier } from "./draft.ts";
import { isJudge } from "./ports.ts";

const MODEL_FIELDS = ["base_model", "model", "model_name_or_path", "model_name", "checkpoint"];
const SOURCE_FIELDS = ["path", "dataset", "source", "uri", "url", "name", "id", "file"];

/** The field a tool takes its model through: a port before a name. */
export function modelField(tool: ToolDescriptor): string | undefined {
  const port = Object.entries(tool.inputs).find(
    ([, { kind, list }]) => kindFits(kind, "model") && !list,
  )?.[0];
  const fields = fieldsOf(tool);
  return port ?? MODEL_FIELDS.find((name) => fields.get(name)?.types.has("string"));
}

/** The ports through which a tool takes datasets, in the order of its schema. */
export function datasetPorts(tool: ToolDescriptor): readonly string[] {
  return Object.entries(tool.inputs).flatMap(([name, port]) =>
    kindFits(port.kind, "dataset") ? [name] : [],
  );
}

/** The field into which the name of a thing goes at a tool that loads things. */
export function sourceField(tool: ToolDescriptor): string | undefined {
  const fields = fieldsOf(tool);
  const usual = SOURCE_FIELDS.find((name) => fields.get(name)?.types.has("string"));
  return usual ?? [...fields.values()].find((field) => field.required && field.types.has("string"))?.name;
}

/** A name as part of a step id: `meta-llama/Llama-2-7b-hf` is `llama_2_7b_hf`. */
export function slugOf(name: JsonValue): string {
  return identifier(
    String(name)
      .replace(/^.*[\\/]/, "")
      .replace(/\.(jsonl?|csv|tsv|txt|parquet|arrow)$/i, ""),
  ).toLowerCase();
}

const ROLES: Readonly<Record<string, string>> = {
  train: "base",
  pretrain: "base",
  finetune: "tune",
  fine_tune: "tune",
  quantize: "quantized",
};

/** A short id for a step of a tool: after what it is for, else the tool's name. */
export function roleOf(tool: ToolDescriptor): string {
  const known = Object.hasOwn(ROLES, tool.name) ? ROLES[tool.name] : undefined;
  if (known !== undefined) return known;
  if (isJudge(tool)) return "eval";
  const takes = Object.values(tool.inputs).some((port) => !port.optional);
  const kinds = Object.values(tool.outputs).map((port) => port.kind);
  if (takes) return tool.name;
  const source = (["dataset", "config", "env"] as const).find((kind) =>
    kinds.some((given) => kindFits(given, kind)),
  );
  return source === "dataset" ? "data" : (source ?? tool.name);
}

/** What a model made by a step is called: `base`, `tuned`, `quantized`, else by the step. */
export function modelLabel(tool: ToolDescriptor, stepId: string): string {
  return roleOf(tool) === "tune" ? stepId.replace(/^tune/, "tuned") : stepId;
}
