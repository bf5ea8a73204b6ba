import { readFile, stat } from "node:fs/promises";
import { type ArtifactFile, type ArtifactManifest, canonicalJson, TrainyardError } from "@trainyard/core";
import { checkPath, checkTree } from "./artifact-path.ts";
import { systemCode } from "./fs-errors.ts";
import { blobPath } from "./layout.ts";
import { sha256Of } from "./verified.ts";

/** A list of half a million files; more would be a data blob taken for a manifest. */
const MAX_MANIFEST_BYTES = 128 * 1024 * 1024;
const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** The text whose sha256 is the artifact's digest: the files sorted by path. */
export function manifestText(files: readonly ArtifactFile[]): string {
  return canonicalJson(files.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
}

/**
 * Reads and checks an artifact's file list; undefined when there is no such artifact. Throws `INPUT_INVALID`,
 * `ARTIFACT_CORRUPT`, and `PATH_NOT_ALLOWED` for a list that leads out of its artifact.
 */
export async function readManifest(root: string, digest: string): Promise<ArtifactManifest | undefined> {
  const sha256 = DIGEST.exec(digest)?.[1];
  if (sha256 === undefined) {
    throw new TrainyardError(
      "INPUT_INVALID",
      `${JSON.stringify(digest)} is no digest; give \`sha256:\` and 64 hex digits.`,
    );
  }
  const text = await readText(blobPath(root, sha256));
  if (text === undefined) return undefined;
  if (sha256Of(text) !== sha256) {
    throw new TrainyardError(
      "ARTIFACT_CORRUPT",
      `The manifest of artifact ${digest} is damaged. Store the artifact again.`,
      {
        data: { digest },
      },
    );
  }
  return parse(text.toString());
}

async function readText(location: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(location);
    return size > MAX_MANIFEST_BYTES ? undefined : await readFile(location);
  } catch (thrown) {
    if (systemCode(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Undefined for the content of a file, which lies beside the manifests. */
function parse(text: string): ArtifactManifest | undefined {
  const files = parseJson(text);
  if (!Array.isArray(files) || !files.every(isFile) || canonicalJson(files) !== text) return undefined;
  for (const { path } of files) checkPath(path);
  checkTree(files.map(({ path }) => path));
  return { files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFile(value: unknown): value is ArtifactFile {
  if (typeof value !== "object" || value === null) return false;
  const { path, sha256, sizeBytes, ...rest } = value as Record<string, unknown>;
  return (
    typeof path === "string" &&
    typeof sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    Number.isSafeInteger(sizeBytes) &&
    (sizeBytes as number) >= 0 &&
    Object.keys(rest).length === 0
  );
}
