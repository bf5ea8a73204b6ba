import * as z from "zod";

const count = (maximum: number) => z.number().int().min(1).max(maximum);

/** Parameters of any training, under the names that Hugging Face's trainers use. */
export const trainerParameters = {
  max_length: count(1_048_576)
    .min(2)
    .optional()
    .describe(
      "Longest row in tokens; longer ones are cut. Default: 512 for train, 2048 for finetune, 1024 for dpo.",
    ),
  num_train_epochs: z.number().gt(0).max(10_000).optional().describe("Passes over the dataset. Default 3."),
  max_steps: count(100_000_000)
    .optional()
    .describe("Optimizer steps in all; overrules num_train_epochs. Default: not set."),
  per_device_train_batch_size: count(65_536)
    .optional()
    .describe("Rows per micro-batch. Default: 8 for train, 1 for full and lora, 2 for qlora."),
  per_device_eval_batch_size: count(65_536).optional().describe("Rows per evaluation batch. Default 8."),
  gradient_accumulation_steps: count(65_536)
    .optional()
    .describe(
      "Micro-batches per optimizer step. Default: what keeps the method's effective batch of 8 (16 for full).",
    ),
  gradient_checkpointing: z
    .boolean()
    .optional()
    .describe(
      "Trades a third more time for much less activation memory. Default: true for finetune, false for train.",
    ),
  learning_rate: z
    .number()
    .gt(0)
    .max(10)
    .optional()
    .describe("Peak learning rate. Default: 5e-5 for train, 2e-5 full, 1e-4 lora, 2e-4 qlora, 5e-6 dpo."),
  lr_scheduler_type: z
    .enum([
      "linear",
      "cosine",
      "cosine_with_restarts",
      "polynomial",
      "constant",
      "constant_with_warmup",
      "inverse_sqrt",
    ])
    .optional()
    .describe("Shape of the learning rate over time. Default cosine."),
  warmup_steps: z
    .number()
    .int()
    .min(0)
    .max(100_000_000)
    .optional()
    .describe("Steps of rising learning rate; overrules warmup_ratio. Default: not set."),
  warmup_ratio: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe("Share of all steps with rising learning rate. Default: 0.1, for full and train 0.03."),
  weight_decay: z.number().min(0).max(10).optional().describe("Weight decay of AdamW. Default 0."),
  max_grad_norm: z
    .number()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe("Gradients are clipped to this norm. Default 1."),
  seed: z
    .number()
    .int()
    .min(0)
    .max(4_294_967_295)
    .optional()
    .describe("Seed of everything random. Default 42."),
  logging_steps: count(1_000_000).optional().describe("Steps between metrics. Default 10."),
  save_steps: count(100_000_000)
    .optional()
    .describe("Steps between checkpoints. Default: none are written but on cancellation."),
  save_total_limit: count(1000).optional().describe("Checkpoints kept. Default 2."),
  eval_strategy: z
    .enum(["no", "epoch", "steps"])
    .optional()
    .describe("When eval_dataset is used during training; it is always used at the end. Default no."),
  eval_steps: count(100_000_000)
    .optional()
    .describe("Steps between evaluations, for eval_strategy steps. Default: logging_steps."),
  bf16: z
    .union([z.literal("auto"), z.boolean()])
    .optional()
    .describe("bfloat16 mixed precision; auto uses it where the GPU has it. Default auto."),
  packing: z.boolean().optional().describe("Packs several rows into one sequence. Default false."),
  completion_only_loss: z
    .boolean()
    .optional()
    .describe("Learns from the completion only, not from the prompt. Default true."),
} as const;
