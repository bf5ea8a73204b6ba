/** What a configuration value must be. */
export type ValueType =
  | { readonly is: "number"; readonly min?: number; readonly max?: number; readonly integer?: true }
  | { readonly is: "boolean" }
  | { readonly is: "text"; readonly oneOf?: readonly string[] }
  | { readonly is: "modules" }
  | { readonly is: "bf16" };

const integer = (min: number): ValueType => ({ is: "number", min, integer: true });
const number = (min: number, max?: number): ValueType => ({
  is: "number",
  min,
  ...(max !== undefined && { max }),
});
const boolean: ValueType = { is: "boolean" };
const text: ValueType = { is: "text" };

/** The configuration keys of Trainyard with what each holds: names of parameters of the training tools. */
export const nativeKeys: Readonly<Record<string, ValueType>> = {
  model: text,
  method: { is: "text", oneOf: ["full", "lora", "qlora", "dpo"] },
  learning_rate: number(0),
  num_train_epochs: number(0),
  max_steps: integer(-1),
  per_device_train_batch_size: integer(1),
  per_device_eval_batch_size: integer(1),
  gradient_accumulation_steps: integer(1),
  max_length: integer(2),
  lora_r: integer(1),
  lora_alpha: number(0),
  lora_dropout: number(0, 1),
  target_modules: { is: "modules" },
  use_rslora: boolean,
  lr_scheduler_type: text,
  warmup_steps: number(0),
  warmup_ratio: number(0, 1),
  weight_decay: number(0),
  max_grad_norm: number(0),
  bf16: { is: "bf16" },
  seed: integer(0),
  packing: boolean,
  completion_only_loss: boolean,
  gradient_checkpointing: boolean,
  logging_steps: integer(1),
  save_steps: integer(1),
  save_total_limit: integer(1),
  eval_strategy: { is: "text", oneOf: ["no", "steps", "epoch"] },
  eval_steps: integer(1),
  optim: text,
  quant_type: { is: "text", oneOf: ["nf4", "fp4"] },
  double_quant: boolean,
  beta: number(0),
  use_lora: boolean,
  prompt_template: text,
  val_size: number(0, 1),
  resume_from_checkpoint: text,
};

/** Names of all {@link nativeKeys}, so that other packages can check that they mean the same parameters. */
export const nativeConfigKeys: readonly string[] = Object.keys(nativeKeys);
