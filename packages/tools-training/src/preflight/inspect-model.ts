import { join } from "node:path";
import { type ArtifactStore, type Shortfall, TrainyardError } from "@trainyard/core";
import { type ModelSource, resolveModel } from "../models/model-source.ts";
import { askHub } from "./hub-access.ts";
import { cachedModel, readJson } from "./hub-cache.ts";
import { knownShape } from "./known-models.ts";
import { type ModelShape, parameterCount, shapeOfConfig } from "./model-shape.ts";

/** Why a report has no figures, when another step makes the model first. */
export const UNKNOWN_MODEL = "The model comes from an earlier step: what this step needs is not known yet.";

/** What can be known of a model before it is loaded. */
export interface InspectedModel {
  readonly label: string;
  readonly source?: ModelSource | undefined;
  readonly shape?: ModelShape | undefined;
  readonly parameters?: number | undefined;
  /** Whether its weights still have to come over the network. */
  readonly download: boolean;
  /** Why it cannot be had. */
  readonly shortfall?: Shortfall | undefined;
}

type Lookup = Parameters<typeof resolveModel>[1] & {
  readonly artifacts: ArtifactStore;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
};

/** Looks a step's model up without loading it: its shape, and whether it can be had. */
export async function inspectModel(
  value: Parameters<typeof resolveModel>[0],
  lookup: Lookup,
): Promise<InspectedModel> {
  try {
    return await inspectSource(await resolveModel(value, lookup), lookup);
  } catch (thrown) {
    if (
      !TrainyardError.is(thrown) ||
      !["MODEL_NOT_FOUND", "PATH_NOT_ALLOWED", "INPUT_INVALID"].includes(thrown.code)
    )
      throw thrown;
    const label = typeof value === "string" ? value : (value.name ?? "model");
    return {
      label,
      download: false,
      shortfall: {
        resource: "model-access",
        message: thrown.message,
        fix: "Give a model that exists: a hub name, a registered model, or a folder below `modelRoots`.",
      },
    };
  }
}

async function inspectSource(source: ModelSource, lookup: Lookup): Promise<InspectedModel> {
  const { base, label } = source;
  if (base.from === "hub") return inspectHub(base.name, source, lookup);
  if (base.from === "folder") return ofConfig(source, label, await readJson(join(base.path, "config.json")));
  const config = await lookup.artifacts.read(base.ref.digest, "config.json").then(parse, () => undefined);
  const stated = base.ref.meta?.["parameters"];
  const inspected = ofConfig(source, label, config);
  return {
    ...inspected,
    parameters: inspected.parameters ?? (typeof stated === "number" ? stated : undefined),
  };
}

async function inspectHub(
  name: string,
  source: ModelSource,
  { environment, signal }: Lookup,
): Promise<InspectedModel> {
  const cached = await cachedModel(name, environment);
  if (cached) return ofConfig(source, name, cached.config);
  const answer = await askHub({ model: name, environment, signal });
  const shape = (answer.status === "open" ? shapeOfConfig(answer.config) : undefined) ?? knownShape(name);
  return {
    label: name,
    source,
    download: true,
    ...(shape && { shape, parameters: parameterCount(shape) }),
    ...(answer.status === "refused" && { shortfall: answer.shortfall }),
  };
}

function ofConfig(source: ModelSource, label: string, config: unknown): InspectedModel {
  const shape = shapeOfConfig(config);
  return { label, source, download: false, ...(shape && { shape, parameters: parameterCount(shape) }) };
}

function parse(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}
