import type { JsonObject, Recipe } from "@trainyard/core";
import { METHOD_LIBRARIES } from "./libraries.ts";
import { METHOD_DEFAULTS, type TrainingMethod } from "./parameters/defaults.ts";

/** For the tiny demo model on two CPU cores: a minute on the sample, where exact match goes above 95. */
const TINY_TRAIN: JsonObject = {
  max_length: 256,
  num_train_epochs: 12,
  per_device_train_batch_size: 16,
  gradient_accumulation_steps: 1,
  learning_rate: 0.002,
  warmup_ratio: 0.05,
};

/** Ten seconds on the sample's other answer format. */
const TINY_LORA: JsonObject = {
  max_length: 256,
  num_train_epochs: 8,
  per_device_train_batch_size: 16,
  gradient_accumulation_steps: 1,
  gradient_checkpointing: false,
  learning_rate: 0.003,
  warmup_ratio: 0.05,
  lora_r: 16,
  lora_alpha: 32,
  lora_dropout: 0.05,
};

const { lora_r: _r, lora_alpha: _alpha, lora_dropout: _dropout, ...TINY_SHARED } = TINY_LORA;
const TINY_FULL: JsonObject = { ...TINY_SHARED, learning_rate: 0.001 };

/** What a person would tune of a method; the rest of its defaults goes without saying. */
const TUNED = [
  "max_length",
  "num_train_epochs",
  "per_device_train_batch_size",
  "gradient_accumulation_steps",
  "gradient_checkpointing",
  "learning_rate",
  "lr_scheduler_type",
  "warmup_ratio",
  "bf16",
  "lora_r",
  "lora_alpha",
  "lora_dropout",
  "target_modules",
  "quant_type",
  "double_quant",
  "beta",
];

const tuned = (method: TrainingMethod): JsonObject =>
  Object.fromEntries(Object.entries(METHOD_DEFAULTS[method]).filter(([key]) => TUNED.includes(key)));
const withConfig = (overrides: JsonObject): NonNullable<Recipe["sources"]> => ({
  env: {},
  config: { overrides },
});

const QUANTIZERS = Object.entries(METHOD_LIBRARIES).filter(([method]) => method !== "qlora");

/** A quantized model is loaded by the library that made it. */
const QUANTIZER_RECIPES: readonly Recipe[] = QUANTIZERS.flatMap(([method, requirements]) => [
  { name: `quantize-${method}`, tool: "quantize", when: { method }, sources: { env: { requirements } } },
  {
    name: `evaluate-${method}`,
    tool: "evaluate",
    when: { "model.method": method },
    sources: { env: { requirements } },
  },
]);

/** Known-good parameters: the more a recipe demands in `when`, the more it knows about the case. */
export const TRAINING_RECIPES: readonly Recipe[] = [
  { name: "train", tool: "train", sources: { env: {} } },
  {
    name: "train-tiny-llama",
    tool: "train",
    when: { preset: "tiny-llama" },
    sources: withConfig(TINY_TRAIN),
  },
  {
    name: "train-tiny-llama-on-sample",
    tool: "train",
    when: { preset: "tiny-llama", "dataset.path": "sample" },
    sources: { ...withConfig(TINY_TRAIN), dataset: { path: "sample", name: "plain" } },
  },
  { name: "finetune-lora", tool: "finetune", sources: withConfig(tuned("lora")) },
  {
    name: "finetune-qlora",
    tool: "finetune",
    when: { method: "qlora" },
    sources: { ...withConfig(tuned("qlora")), env: { requirements: METHOD_LIBRARIES["qlora"] } },
  },
  { name: "finetune-full", tool: "finetune", when: { method: "full" }, sources: withConfig(tuned("full")) },
  { name: "finetune-dpo", tool: "finetune", when: { method: "dpo" }, sources: withConfig(tuned("dpo")) },
  {
    name: "finetune-tiny-llama",
    tool: "finetune",
    when: { "model.preset": "tiny-llama" },
    sources: withConfig(TINY_LORA),
  },
  {
    name: "finetune-tiny-llama-qlora",
    tool: "finetune",
    when: { "model.preset": "tiny-llama", method: "qlora" },
    sources: { ...withConfig(TINY_LORA), env: { requirements: METHOD_LIBRARIES["qlora"] } },
  },
  {
    name: "finetune-tiny-llama-full",
    tool: "finetune",
    when: { "model.preset": "tiny-llama", method: "full" },
    sources: withConfig(TINY_FULL),
  },
  {
    name: "finetune-tiny-llama-on-sample",
    tool: "finetune",
    when: { "model.preset": "tiny-llama", "dataset.path": "sample" },
    sources: { dataset: { path: "sample", name: "phrase" } },
  },
  { name: "evaluate", tool: "evaluate", sources: { env: {} } },
  { name: "quantize", tool: "quantize", sources: { env: {} } },
  ...QUANTIZER_RECIPES,
];
