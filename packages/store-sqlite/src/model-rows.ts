import type { ModelManifest, ModelVersion } from "@trainyard/core";
import { fromText } from "./json-text.ts";

/** A row of `models` with the aliases that point to it. */
export interface ModelRow {
  readonly name: string;
  readonly version: number;
  readonly ref: string;
  readonly manifest: string;
  readonly card: string;
  readonly created_at: number;
  /** JSON list, sorted. */
  readonly aliases: string;
}

/** Columns of a {@link ModelRow}, for tables named `models`. */
export const MODEL_COLUMNS = `name, version, ref, manifest, card, created_at,
  (SELECT json_group_array(alias ORDER BY alias) FROM model_aliases AS a
    WHERE a.name = models.name AND a.version = models.version) AS aliases`;

/** Reads a model version off its row. */
export function toModel(row: ModelRow): ModelVersion {
  return {
    name: row.name,
    version: row.version,
    ref: fromText(row.ref) as ModelVersion["ref"],
    manifest: fromText(row.manifest) as ModelManifest,
    card: row.card,
    aliases: JSON.parse(row.aliases) as string[],
    createdAt: row.created_at,
  };
}
