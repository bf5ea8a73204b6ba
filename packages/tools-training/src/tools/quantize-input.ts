import { artifact } from "@trainyard/core";
import * as z from "zod";
import { modelName } from "../models/model-name.ts";
import { configInput, envInput, modelInput } from "./ports.ts";

/** Ways to quantize. */
const quantizeMethod = z.enum(["int8", "bnb-nf4", "bnb-int8", "gptq", "awq", "gguf"]);

/** What `quantize` may take from its config as well as from its input. */
export const quantizeParameters = {
  method: quantizeMethod.optional().describe("int8 needs no further library and no GPU. Default int8."),
  bits: z
    .number()
    .int()
    .min(2)
    .max(8)
    .optional()
    .describe("Bits per weight. Default: 8 for int8, 4 for gptq, awq and gguf."),
  group_size: z
    .union([z.literal(-1), z.number().int().min(8).max(4096)])
    .optional()
    .describe("gptq and awq: weights per scale, -1 for whole rows. Default 128."),
  gguf_type: z
    .string()
    .regex(/^[A-Z0-9_]{2,16}$/)
    .optional()
    .describe("gguf: type such as Q5_K_S. Default: from bits, Q4_K_M."),
  skip_modules: z
    .array(z.string().min(1).max(200))
    .max(200)
    .optional()
    .describe("Layers left as they are. Default lm_head."),
} as const;

/** The input of `quantize`. */
export const quantizeInput = z
  .strictObject({
    model: modelInput,
    env: envInput,
    config: configInput,
    calibration_dataset: artifact(
      "dataset",
      "gptq and awq: rows that look like what the model will see.",
    ).optional(),
    name: modelName
      .optional()
      .describe("Name to register the model under. Default: from the model and the method."),
    ...quantizeParameters,
  })
  .superRefine((input, context) => {
    // A config may still say the method.
    if (input.config && input.method === undefined) return;
    const method = input.method ?? "int8";
    const message =
      quantizeContradiction({ ...input, method }) ?? calibrationMissing(method, input.calibration_dataset);
    if (message) context.addIssue({ code: "custom", message, path: [] });
  });

/** The validated input of `quantize`. */
export type QuantizeInput = z.output<typeof quantizeInput>;

/** The sentence for parameters that do not go together; undefined when they do. */
export function quantizeContradiction({
  method,
  bits,
  group_size,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (!isCalibrated(method) && group_size !== undefined)
    return `group_size has no meaning for method ${String(method)}; it goes with gptq and awq.`;
  const fixed = FIXED_BITS[String(method)];
  if (fixed === undefined || bits === undefined || bits === fixed) return undefined;
  return `Method ${String(method)} has ${fixed} bits, not ${String(bits)}; for others use bnb-nf4, gptq, awq or gguf.`;
}

/** The sentence for a method that lacks its calibration rows; undefined when it needs none or has them. */
export function calibrationMissing(method: unknown, calibrationDataset: unknown): string | undefined {
  if (!isCalibrated(method) || calibrationDataset !== undefined) return undefined;
  return `Method ${String(method)} needs a calibration_dataset: give the dataset that the model was trained on.`;
}

const FIXED_BITS: Readonly<Record<string, number>> = { int8: 8, "bnb-int8": 8, "bnb-nf4": 4 };

function isCalibrated(method: unknown): boolean {
  return method === "gptq" || method === "awq";
}
