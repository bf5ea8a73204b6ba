import { type ArtifactRef, type ArtifactStore, type JsonObject, TrainyardError } from "@trainyard/core";

const FILE = "config.json";

/** The values of a `config` artifact. Throws `CONFIG_INVALID` when it holds no JSON object. */
export async function readConfigArtifact(ref: ArtifactRef, artifacts: ArtifactStore): Promise<JsonObject> {
  const values = parse(new TextDecoder().decode(await artifacts.read(ref.digest, FILE)));
  if (typeof values === "object" && values !== null && !Array.isArray(values)) return values as JsonObject;
  throw new TrainyardError("CONFIG_INVALID", `The config \`${ref.name ?? ref.digest}\` must hold a JSON object in ${FILE}; load it again with load_config.`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
