import type { JsonObject } from "@trainyard/core";
import { resolveParameters } from "../parameters/resolve.ts";
import { type QuantizeInput, quantizeParameters } from "./quantize-input.ts";

/** The parameters a quantization runs with. */
export function resolveQuantize(input: Partial<QuantizeInput>): JsonObject {
  return resolveParameters({ schemas: quantizeParameters, input, defaults: { method: "int8" } });
}
