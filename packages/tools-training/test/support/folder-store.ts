import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ArtifactRef, type ArtifactStore, canonicalJson, TrainyardError } from "@trainyard/core";

/** A small artifact store on disk: one folder per artifact, named by its digest. */
export function folderStore(root: string): ArtifactStore {
  const folderOf = (digest: string) => join(root, digest.replace("sha256:", ""));
  const manifest: ArtifactStore["manifest"] = async (digest) => {
    const files = await listFiles(folderOf(digest)).catch(() => undefined);
    return files && { files };
  };
  return {
    manifest,
    async put(source, labels): Promise<ArtifactRef> {
      const staging = join(root, `put-${Math.random().toString(16).slice(2)}`);
      await stage(source, staging);
      const files = await listFiles(staging);
      const digest = `sha256:${createHash("sha256").update(canonicalJson({ files })).digest("hex")}`;
      await cp(staging, folderOf(digest), { recursive: true });
      return { ...labels, digest, sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
    },
    async read(digest, path) {
      return readFile(join(folderOf(digest), path)).catch(() => {
        throw new TrainyardError("ARTIFACT_NOT_FOUND", `No ${path} in ${digest}.`);
      });
    },
    async materialize(digest, folder) {
      if (!(await manifest(digest))) throw new TrainyardError("ARTIFACT_NOT_FOUND", `No artifact ${digest}.`);
      await cp(folderOf(digest), folder, { recursive: true });
      return folder;
    },
    async verify() {},
  };
}

async function stage(source: Parameters<ArtifactStore["put"]>[0], staging: string): Promise<void> {
  await mkdir(staging, { recursive: true });
  if (typeof source === "string") {
    const isFolder = (await stat(source)).isDirectory();
    return cp(source, isFolder ? staging : join(staging, basename(source)), { recursive: true });
  }
  for (const [path, content] of Object.entries(source)) {
    await mkdir(dirname(join(staging, path)), { recursive: true });
    await writeFile(join(staging, path), content);
  }
}

async function listFiles(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.toSorted().map(async (path) => {
      const content = await readFile(path);
      return {
        path: path.slice(folder.length + 1),
        sha256: createHash("sha256").update(content).digest("hex"),
        sizeBytes: content.byteLength,
      };
    }),
  );
}
