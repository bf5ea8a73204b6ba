import { type ArtifactRef, type ArtifactStore, TrainyardError } from "@trainyard/core";
import * as z from "zod";
import { type AdaptedConfig, adaptConfig } from "./foreign-config.ts";

const FILE = "config.json";
const content = z.record(z.string(), z.json());

/** The parameters in a `config` artifact; none where there is no artifact. Throws `CONFIG_INVALID` when it holds no JSON object. */
export async function readConfigArtifact(
  ref: ArtifactRef | undefined,
  artifacts: ArtifactStore,
): Promise<AdaptedConfig> {
  if (ref === undefined) return { values: {}, notes: [] };
  const parsed = content.safeParse(parse(new TextDecoder().decode(await artifacts.read(ref.digest, FILE))));
  if (parsed.success) return adaptConfig(parsed.data);
  throw new TrainyardError(
    "CONFIG_INVALID",
    `The config \`${ref.name ?? ref.digest}\` must hold a JSON object in ${FILE}; load it again with load_config.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
