import type { ArtifactRef } from "./artifact.ts";
import type { JsonObject } from "./json.ts";

/** One file of an artifact. */
export interface ArtifactFile {
  /** Relative path with `/`, without `.` or `..` segments. */
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The list of an artifact's files; its digest is the sha256 of the canonical JSON of this list. */
export interface ArtifactManifest {
  readonly files: readonly ArtifactFile[];
}

/** Labels of an artifact that is being stored. */
export interface ArtifactLabels {
  readonly kind: string;
  readonly name?: string;
  readonly meta?: JsonObject;
}

/** Keeps immutable content by its sha256. */
export interface ArtifactStore {
  /**
   * Stores a folder, a single file, or contents by relative path. Whole or not at all: a failure leaves nothing
   * that can be read. Throws `DISK_FULL`, `FILE_NOT_FOUND`.
   */
  put(
    source: string | Readonly<Record<string, string | Uint8Array>>,
    labels: ArtifactLabels,
  ): Promise<ArtifactRef>;
  /** The file list, or undefined when the artifact is not here. */
  manifest(digest: string): Promise<ArtifactManifest | undefined>;
  /** One file's content, verified. Throws `ARTIFACT_NOT_FOUND`, `ARTIFACT_CORRUPT`. */
  read(digest: string, path: string): Promise<Uint8Array>;
  /** Lays the files out under `folder` (created, must be empty), verified, and returns `folder`. */
  materialize(digest: string, folder: string): Promise<string>;
  /** Re-reads every byte. Throws `ARTIFACT_CORRUPT` naming the file. */
  verify(digest: string): Promise<void>;
}
