import type { ArtifactStore } from "@trainyard/core";
import { TrainyardError } from "@trainyard/core";
import { readConfigArtifact } from "../parameters/config-artifact.ts";
import { type ResolvedParameters, resolveParameters } from "../parameters/resolve.ts";
import { quantizeContradiction, type QuantizeInput, quantizeParameters } from "./quantize-input.ts";

/** The parameters a quantization runs with. Throws `CONFIG_INVALID`. */
export async function resolveQuantize(
  input: Partial<QuantizeInput>,
  artifacts: ArtifactStore,
): Promise<ResolvedParameters> {
  const { values: config, notes } = await readConfigArtifact(input.config, artifacts);
  const resolved = resolveParameters({
    schemas: quantizeParameters,
    input,
    config,
    defaults: { method: "int8" },
  });
  const contradiction = quantizeContradiction(resolved);
  if (contradiction)
    throw new TrainyardError(
      "CONFIG_INVALID",
      `With the config, the step contradicts itself. ${contradiction}`,
    );
  return { values: resolved, notes };
}
