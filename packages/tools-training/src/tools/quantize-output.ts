import { artifact } from "@trainyard/core";
import * as z from "zod";

/** The output of `quantize`. */
export const quantizeOutput = z.object({
  model: artifact("model.quantized", "The quantized model; an adapter has been merged into it."),
  model_version: z.string().describe("The registered version, as name@version."),
  description: z.string().describe("What the model is, in a sentence."),
  size_before_bytes: z.number().int().describe("Size of the weights before, in bytes."),
  size_after_bytes: z.number().int().describe("Size of the weights after, in bytes."),
  bits_per_weight: z.number().describe("Stored bits per parameter, tables and scales included."),
  parameters: z.number().int().optional().describe("Parameters of the model."),
  size_bytes: z.number().int().describe("Size of the stored model with its tokenizer, in bytes."),
  duration_ms: z.number().int().describe("Wall time of the worker, in ms."),
});

const workerValues = quantizeOutput.pick({
  size_before_bytes: true,
  size_after_bytes: true,
  bits_per_weight: true,
  parameters: true,
});
/** The numbers that a quantizing worker ends with. */
export type QuantizeValues = z.output<typeof workerValues>;

/** Checks what a quantizing worker said; undefined when numbers are missing or wrong. */
export function parseQuantizeValues(values: unknown): QuantizeValues | undefined {
  return workerValues.safeParse(values).data;
}
