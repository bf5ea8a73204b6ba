import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { type ArtifactFile, TrainyardError } from "@trainyard/core";
import { systemCode } from "./fs-errors.ts";

/** Hashes a file in constant memory and compares it with what `file` promises. Throws `ARTIFACT_CORRUPT`. */
export async function verifyFile(location: string, file: ArtifactFile): Promise<void> {
  await checkSize(location, file);
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(location, { highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  if (hash.digest("hex") !== file.sha256) throw corrupt(file, "its content has changed");
}

/** Reads a file whole and checks it. Throws `ARTIFACT_CORRUPT`. */
export async function readVerified(location: string, file: ArtifactFile): Promise<Uint8Array> {
  await checkSize(location, file);
  const bytes = await readFile(location);
  if (sha256Of(bytes) !== file.sha256) throw corrupt(file, "its content has changed");
  return bytes;
}

/** The sha256 of bytes or UTF-8 text, as 64 hex digits. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Comes first, so that a wrong file of any size is found without reading it. */
async function checkSize(location: string, file: ArtifactFile): Promise<void> {
  const { size } = await stat(location).catch((thrown: unknown) => {
    throw systemCode(thrown) === "ENOENT" ? corrupt(file, "it is missing") : thrown;
  });
  if (size !== file.sizeBytes) throw corrupt(file, `it has ${size} bytes instead of ${file.sizeBytes}`);
}

function corrupt(file: ArtifactFile, why: string): TrainyardError {
  return new TrainyardError(
    "ARTIFACT_CORRUPT",
    `File ${JSON.stringify(file.path)} (sha256:${file.sha256}) is damaged: ${why}. Store the artifact again.`,
    { data: { path: file.path, digest: `sha256:${file.sha256}` } },
  );
}
