import type { ArtifactRef, JsonObject, ModelStore } from "@trainyard/core";
import { isArtifactRef, TrainyardError } from "@trainyard/core";
import { localModelFolder, looksLikePath } from "./local-folder.ts";
import { findRegistered, looksRegistered } from "./registered.ts";

/** Where the weights that a step starts from come from. */
export interface ModelSource {
  /** The full model: a hub name, an absolute folder, or an artifact. */
  readonly base: HubModel | FolderModel | ArtifactModel;
  /** The adapter on top of it. */
  readonly adapter?: ArtifactRef | undefined;
  /** A short name for people and for the names of what is made from it. */
  readonly label: string;
  /** True when the same words can mean another model tomorrow: a folder, or a registered name without a version. */
  readonly floating: boolean;
  /** True for anything that goes back to a preset with random weights. */
  readonly demo: boolean;
}

/** A model on the hub. */
interface HubModel {
  readonly from: "hub";
  readonly name: string;
}

/** A model in a folder of this machine. */
interface FolderModel {
  readonly from: "folder";
  readonly path: string;
}

/** A model in the artifact store. */
interface ArtifactModel {
  readonly from: "artifact";
  readonly ref: ArtifactRef;
}

/** What resolving a model needs. */
export interface ModelLookup {
  readonly models: ModelStore;
  readonly modelRoots: readonly string[];
}

const HUB_NAME = /^[A-Za-z0-9][\w.-]{0,95}(\/[A-Za-z0-9][\w.-]{0,95})?$/;

/**
 * Says what a `model` input means: an artifact, a registered model (`name`, `name@3`, `name@alias`), a folder, or a
 * hub name, in that order. Throws `MODEL_NOT_FOUND`, `PATH_NOT_ALLOWED`, `INPUT_INVALID`.
 */
export async function resolveModel(value: string | ArtifactRef, lookup: ModelLookup): Promise<ModelSource> {
  if (typeof value !== "string") return ofArtifact(value, lookup);
  if (looksLikePath(value)) {
    const path = await localModelFolder(value, lookup.modelRoots);
    return { base: { from: "folder", path }, label: path.split("/").at(-1)!, floating: true, demo: false };
  }
  const registered = looksRegistered(value) ? await findRegistered(value, lookup.models) : undefined;
  if (registered)
    return {
      ...(await ofArtifact(registered.ref, lookup)),
      label: registered.name,
      floating: registered.floating,
    };
  return ofHubName(value);
}

/** What an output's `meta.base_model`, a manifest and a card say about a base. */
export function baseIdentity({ base }: ModelSource): string | JsonObject {
  if (base.from === "hub") return base.name;
  if (base.from === "folder") return base.path;
  // Without meta, so that a chain of models does not nest without end.
  const { kind, digest, sizeBytes, name } = base.ref;
  return { kind, digest, sizeBytes, ...(name && { name }) };
}

/** The digests, or names, of what a source is made of, by port: the lineage of whatever is made from it. */
export function sourceDigests(source: ModelSource, port: string): Readonly<Record<string, string>> {
  const { base, adapter } = source;
  const own = base.from === "hub" ? base.name : base.from === "folder" ? base.path : base.ref.digest;
  return adapter ? { [port]: adapter.digest, [`${port}.base`]: own } : { [port]: own };
}

async function ofArtifact(ref: ArtifactRef, lookup: ModelLookup): Promise<ModelSource> {
  const label = ref.name ?? "model";
  const demo = ref.meta?.["demo"] === true;
  if (ref.kind !== "model.adapter") return { base: { from: "artifact", ref }, label, floating: false, demo };
  const base = ref.meta?.["base_model"];
  if (isArtifactRef(base))
    return { base: { from: "artifact", ref: base }, adapter: ref, label, floating: false, demo };
  if (typeof base !== "string") {
    throw new TrainyardError(
      "INPUT_INVALID",
      `The adapter \`${label}\` does not say its base: \`meta.base_model\` must be a hub name or an artifact.`,
    );
  }
  const full = await resolveModel(base, lookup);
  return { ...full, adapter: ref, label, demo };
}

function ofHubName(name: string): ModelSource {
  if (!HUB_NAME.test(name)) {
    throw new TrainyardError(
      "MODEL_NOT_FOUND",
      `\`${name.slice(0, 200)}\` is no model: give a hub name such as \`org/name\`, a registered model, or a folder starting with \`./\` or \`/\`.`,
    );
  }
  return {
    base: { from: "hub", name },
    label: name.split("/").at(-1)!.toLowerCase(),
    floating: false,
    demo: false,
  };
}
