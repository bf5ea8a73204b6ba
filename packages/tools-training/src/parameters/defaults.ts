import type { JsonObject } from "@trainyard/core";

/** Ways to train. */
export type TrainingMethod = "scratch" | "continued" | "full" | "lora" | "qlora" | "dpo";

const COMMON: JsonObject = {
  num_train_epochs: 3,
  lr_scheduler_type: "cosine",
  weight_decay: 0,
  max_grad_norm: 1,
  seed: 42,
  logging_steps: 10,
  bf16: "auto",
};

const SUPERVISED: JsonObject = { packing: false, completion_only_loss: true };

const TRAIN: JsonObject = {
  ...COMMON,
  ...SUPERVISED,
  max_length: 512,
  per_device_train_batch_size: 8,
  gradient_accumulation_steps: 1,
  gradient_checkpointing: false,
  learning_rate: 5e-5,
  warmup_ratio: 0.03,
};

const FINETUNE: JsonObject = {
  ...COMMON,
  max_length: 2048,
  per_device_train_batch_size: 1,
  gradient_accumulation_steps: 8,
  gradient_checkpointing: true,
  warmup_ratio: 0.1,
};

const ADAPTER: JsonObject = { lora_r: 16, lora_alpha: 32, lora_dropout: 0.05, target_modules: "all-linear" };

/**
 * Defaults per method, for models of billions of parameters: where the public recipes of LLaMA-Factory, axolotl and
 * TRL agree, their value; where they differ, the more careful one.
 */
export const METHOD_DEFAULTS: Readonly<Record<TrainingMethod, JsonObject>> = {
  scratch: TRAIN,
  continued: TRAIN,
  full: {
    ...FINETUNE,
    ...SUPERVISED,
    gradient_accumulation_steps: 16,
    learning_rate: 2e-5,
    warmup_ratio: 0.03,
  },
  lora: { ...FINETUNE, ...SUPERVISED, ...ADAPTER, learning_rate: 1e-4 },
  qlora: {
    ...FINETUNE,
    ...SUPERVISED,
    ...ADAPTER,
    per_device_train_batch_size: 2,
    gradient_accumulation_steps: 4,
    learning_rate: 2e-4,
    quant_type: "nf4",
    double_quant: true,
  },
  dpo: { ...FINETUNE, ...ADAPTER, max_length: 1024, learning_rate: 5e-6, beta: 0.1, use_lora: true },
};
