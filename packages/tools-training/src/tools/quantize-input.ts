import { artifact } from "@trainyard/core";
import * as z from "zod";
import { modelName } from "../models/model-name.ts";
import { envInput, modelInput } from "./ports.ts";

/** Ways to quantize. */
const quantizeMethod = z.enum(["int8", "bnb-nf4", "bnb-int8", "gptq", "awq", "gguf"]);

/** What `quantize` is told beside its model. */
export const quantizeParameters = {
  method: quantizeMethod.optional().describe("int8 needs no further library and no GPU. Default int8."),
  bits: z
    .number()
    .int()
    .min(2)
    .max(8)
    .optional()
    .describe("Bits per weight; gguf has no 7. Default: 8 for int8, 4 for gptq, awq and gguf."),
  group_size: z
    .union([z.literal(-1), z.number().int().min(8).max(4096)])
    .optional()
    .describe("gptq and awq: weights per scale, -1 for whole rows. Default 128."),
  gguf_type: z
    .string()
    .regex(/^[A-Z0-9_]{2,16}$/)
    .optional()
    .describe("gguf: type such as Q5_K_S, in place of bits. Default: from bits, Q4_K_M."),
  skip_modules: z
    .array(z.string().min(1).max(200))
    .max(200)
    .optional()
    .describe("int8 and bnb: layers left as they are. Default lm_head."),
} as const;

/** The input of `quantize`. */
export const quantizeInput = z
  .strictObject({
    model: modelInput,
    env: envInput,
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
    const message = quantizeContradiction(input);
    if (message) context.addIssue({ code: "custom", message, path: [] });
  });

/** The validated input of `quantize`. */
export type QuantizeInput = z.output<typeof quantizeInput>;

const CALIBRATED = ["gptq", "awq"];
const FIXED_BITS: Readonly<Record<string, number>> = { int8: 8, "bnb-int8": 8, "bnb-nf4": 4 };
/** The methods that a parameter goes with, where it is not all of them. */
const GOES_WITH: Readonly<Record<string, readonly string[]>> = {
  group_size: CALIBRATED,
  calibration_dataset: CALIBRATED,
  gguf_type: ["gguf"],
  skip_modules: Object.keys(FIXED_BITS),
};

/** The sentence for parameters that do not go together; undefined when they do. */
function quantizeContradiction(input: Readonly<Record<string, unknown>>): string | undefined {
  const { bits } = input;
  const method = String(input["method"] ?? "int8");
  const foreign = Object.keys(GOES_WITH).find(
    (key) => input[key] !== undefined && !GOES_WITH[key]!.includes(method),
  );
  if (foreign)
    return `${foreign} has no meaning for method ${method}; it goes with ${GOES_WITH[foreign]!.join(", ")}.`;
  if (CALIBRATED.includes(method) && input["calibration_dataset"] === undefined)
    return `Method ${method} needs a calibration_dataset: give the dataset that the model was trained on.`;
  if (bits === undefined) return undefined;
  if (input["gguf_type"] !== undefined)
    return "Give bits or gguf_type, not both: the type says how many bits there are.";
  if (method === "gguf" && bits === 7) return "Method gguf has no type of 7 bits; take 6 or 8.";
  const fixed = FIXED_BITS[method];
  return fixed === undefined || bits === fixed
    ? undefined
    : `Method ${method} has ${fixed} bits, not ${String(bits)}; for others use bnb-nf4, gptq, awq or gguf.`;
}
