import type { ArtifactStore, JsonObject } from "@trainyard/core";
import { readConfigArtifact } from "../parameters/config-artifact.ts";
import { type ResolvedParameters, resolveParameters } from "../parameters/resolve.ts";
import { type EvaluateInput, evaluateParameters } from "./evaluate-schema.ts";

const DEFAULTS: JsonObject = { max_new_tokens: 32, batch_size: 16, seed: 42 };

/** The parameters an evaluation runs with. Throws `CONFIG_INVALID`. */
export async function resolveEvaluate(
  input: Partial<EvaluateInput>,
  artifacts: ArtifactStore,
): Promise<ResolvedParameters> {
  const { values: config, notes } = await readConfigArtifact(input.config, artifacts);
  return {
    values: resolveParameters({ schemas: evaluateParameters, input, config, defaults: DEFAULTS }),
    notes,
  };
}
