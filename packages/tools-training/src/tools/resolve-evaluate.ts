import type { JsonObject } from "@trainyard/core";
import { resolveParameters } from "../parameters/resolve.ts";
import { type EvaluateInput, evaluateParameters } from "./evaluate-schema.ts";

// Without max_new_tokens: the worker has 32, lm-eval tasks bring their own.
const DEFAULTS: JsonObject = { batch_size: 16, seed: 42 };

/** The parameters an evaluation runs with. */
export function resolveEvaluate(input: Partial<EvaluateInput>): JsonObject {
  return resolveParameters({ schemas: evaluateParameters, input, defaults: DEFAULTS });
}
