import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import {
  type ArtifactManifest,
  type ArtifactStore,
  canonicalJson,
  toTrainyardError,
  TrainyardError,
} from "@trainyard/core";

/** Keeps artifacts in memory: for tests and short-lived processes. */
export function memoryArtifactStore(): ArtifactStore & { readonly blobs: Map<string, Uint8Array> } {
  const blobs = new Map<string, Uint8Array>();
  const manifests = new Map<string, ArtifactManifest>();

  async function read(digest: string, path: string): Promise<Uint8Array> {
    const file = manifests.get(digest)?.files.find((candidate) => candidate.path === path);
    const content = file && blobs.get(file.sha256);
    if (!content)
      throw new TrainyardError("ARTIFACT_NOT_FOUND", `There is no file \`${path}\` in \`${digest}\`.`);
    if (sha256(content) !== file.sha256) {
      throw new TrainyardError(
        "ARTIFACT_CORRUPT",
        `File \`${path}\` of \`${digest}\` has changed; make it again.`,
      );
    }
    return content;
  }

  async function readAll(digest: string): Promise<readonly (readonly [string, Uint8Array])[]> {
    const manifest = manifests.get(digest);
    if (!manifest) throw new TrainyardError("ARTIFACT_NOT_FOUND", `There is no artifact \`${digest}\`.`);
    return await Promise.all(
      manifest.files.map(async ({ path }) => [path, await read(digest, path)] as const),
    );
  }

  return {
    blobs,
    async put(source, labels) {
      const contents = typeof source === "string" ? await contentsOf(source) : Object.entries(source);
      const files = contents
        .map(([path, content]) => ({
          path: safePath(path),
          content: typeof content === "string" ? new TextEncoder().encode(content) : content,
        }))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1));
      const manifest = {
        files: files.map(({ path, content }) => ({
          path,
          sha256: sha256(content),
          sizeBytes: content.byteLength,
        })),
      };
      for (const { content } of files) blobs.set(sha256(content), content);
      const digest = `sha256:${sha256(new TextEncoder().encode(canonicalJson(manifest.files)))}`;
      manifests.set(digest, manifest);
      return { ...labels, digest, sizeBytes: manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0) };
    },
    manifest: async (digest) => manifests.get(digest),
    read,
    async materialize(digest, folder) {
      const contents = await readAll(digest);
      await mkdir(folder, { recursive: true });
      if ((await readdir(folder)).length > 0)
        throw new TrainyardError("PATH_NOT_ALLOWED", `\`${folder}\` is not empty.`);
      for (const [path, content] of contents) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
      return folder;
    },
    async verify(digest) {
      await readAll(digest);
    },
  };
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

async function contentsOf(source: string): Promise<readonly (readonly [string, Uint8Array])[]> {
  try {
    if ((await stat(source)).isFile()) return [[source.split(sep).at(-1)!, await readFile(source)]];
    const entries = await readdir(source, { recursive: true, withFileTypes: true });
    const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
    if (odd)
      throw new TrainyardError(
        "PATH_NOT_ALLOWED",
        `\`${odd.name}\` is neither a file nor a folder; leave it out.`,
      );
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    return await Promise.all(
      paths.map(async (path) => [relative(source, path).replaceAll(sep, "/"), await readFile(path)] as const),
    );
  } catch (cause) {
    throw toTrainyardError(cause);
  }
}

function safePath(path: string): string {
  const segments = path.split("/");
  if (
    path.includes("\\") ||
    path.includes("\0") ||
    segments.some((part) => part === "" || part === "." || part === "..")
  ) {
    throw new TrainyardError(
      "PATH_NOT_ALLOWED",
      `\`${path}\` cannot be the path of a file in an artifact; use relative names.`,
    );
  }
  return path;
}
