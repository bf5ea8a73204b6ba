import { basename, join } from "node:path";
import type { ArtifactRef, ArtifactStore, JsonObject } from "@trainyard/core";
import type { ModelSource } from "../models/model-source.ts";

/** A worker's input, with everything it reads in place. */
export interface StagedInput {
  readonly input: JsonObject;
  /** Whether the worker has to download. */
  readonly hub: boolean;
  /** Host folders that it reads. */
  readonly readOnly: readonly string[];
}

/** Lays an artifact out as `folder/name`; undefined when there is none. */
export async function stageArtifact(
  ref: ArtifactRef | undefined,
  folder: string,
  name: string,
  artifacts: ArtifactStore,
): Promise<string | undefined> {
  return ref && (await artifacts.materialize(ref.digest, join(folder, name)));
}

/** A model as the worker reads it. */
export interface StagedModel {
  readonly model: JsonObject;
  readonly hub: boolean;
  readonly readOnly: readonly string[];
}

/** Lays a model, and its adapter, out below `folder`. */
export async function stageModel(
  { base, adapter }: ModelSource,
  folder: string,
  artifacts: ArtifactStore,
): Promise<StagedModel> {
  const adapterPath = await stageArtifact(adapter, folder, "adapter", artifacts);
  const onTop = { ...(adapterPath && { adapter: adapterPath }) };
  if (base.from === "hub") return { model: { name: base.name, ...onTop }, hub: true, readOnly: [] };
  if (base.from === "folder")
    return {
      model: { path: base.path, name: basename(base.path), ...onTop },
      hub: false,
      readOnly: [base.path],
    };
  return {
    model: { path: await artifacts.materialize(base.ref.digest, join(folder, "model")), ...onTop },
    hub: false,
    readOnly: [],
  };
}
