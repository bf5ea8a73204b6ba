import type { ArtifactRef } from "./artifact.ts";
import type { JsonObject } from "./json.ts";

/** Everything needed to say where a model version comes from; never changes. */
export interface ModelManifest {
  readonly tool: string;
  readonly runId: string;
  readonly stepId: string;
  /** Digests of the artifacts it was made from, by port; hub names stand as they are. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly parameters: JsonObject;
  readonly seed: number;
  /** Library versions, or the digest of the environment. */
  readonly environment: JsonObject;
  readonly metrics: Readonly<Record<string, number>>;
}

/** One immutable version of a named model. */
export interface ModelVersion {
  readonly name: string;
  /** From 1, counting up per name. */
  readonly version: number;
  readonly ref: ArtifactRef;
  readonly manifest: ModelManifest;
  /** The model card, Markdown with YAML front matter. */
  readonly card: string;
  /** Names that point here now; `latest` moves by itself. */
  readonly aliases: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

/** What a version was made from and what was made from it, as digests or hub names. */
export interface Lineage {
  readonly parents: readonly string[];
  readonly children: readonly ModelVersion[];
}

/** The model registry: versions, aliases, lineage. */
export interface ModelStore {
  /** Adds the next version and moves `latest` to it. The same digest under the same name gives the version it has. */
  register(model: {
    readonly name: string;
    readonly ref: ArtifactRef;
    readonly manifest: ModelManifest;
    readonly card: string;
  }): Promise<ModelVersion>;
  /** `which` is a version number or an alias; default `latest`. */
  get(name: string, which?: number | string): Promise<ModelVersion | undefined>;
  /** Newest first; all models, or the versions of one. */
  list(filter?: { readonly name?: string; readonly limit?: number }): Promise<readonly ModelVersion[]>;
  /** Points `alias` at `version`, moving it if it stood elsewhere. Throws `MODEL_NOT_FOUND`. `latest` is refused. */
  setAlias(name: string, alias: string, version: number): Promise<void>;
  removeAlias(name: string, alias: string): Promise<void>;
  /** Lineage of an artifact, both ways. */
  lineage(digest: string): Promise<Lineage>;
}
