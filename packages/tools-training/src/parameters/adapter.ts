import * as z from "zod";

/** Parameters of finetuning beyond those of the trainer. */
export const adapterParameters = {
  lora_r: z.number().int().min(1).max(4096).optional().describe("Rank of the adapter. Default 16."),
  lora_alpha: z.number().gt(0).max(65_536).optional().describe("Scale of the adapter. Default 32."),
  lora_dropout: z.number().min(0).lt(1).optional().describe("Dropout in the adapter. Default 0.05."),
  target_modules: z
    .union([z.string().min(1).max(1000), z.array(z.string().min(1).max(200)).min(1).max(200)])
    .optional()
    .describe("Layers that get an adapter: all-linear, a pattern, or a list of names. Default all-linear."),
  use_rslora: z.boolean().optional().describe("Rank-stabilised scale of the adapter. Default false."),
  quant_type: z
    .enum(["nf4", "fp4"])
    .optional()
    .describe("qlora only: 4-bit data type of the frozen weights. Default nf4."),
  double_quant: z
    .boolean()
    .optional()
    .describe("qlora only: quantizes the quantization constants too. Default true."),
  beta: z
    .number()
    .gt(0)
    .max(100)
    .optional()
    .describe("dpo only: how closely the model stays to its reference. Default 0.1."),
  use_lora: z
    .boolean()
    .optional()
    .describe("dpo only: trains an adapter instead of all weights. Default true."),
} as const;
