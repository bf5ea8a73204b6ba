import { createHash } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  type ArtifactFile,
  type ArtifactLabels,
  type ArtifactRef,
  artifactRefSchema,
  type ArtifactStore,
  TrainyardError,
} from "@trainyard/core";
import { blobPath, blobsFolder, createStage, syncFolder } from "./layout.ts";
import { manifestText } from "./manifest.ts";
import { contentSources, fileSources, type Source } from "./sources.ts";
import { sha256Of } from "./verified.ts";

interface Staged {
  readonly location: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Stores an artifact: every byte is staged and durable before the first blob, and the manifest comes last. */
export async function put(
  root: string,
  source: Parameters<ArtifactStore["put"]>[0],
  labels: ArtifactLabels,
): Promise<ArtifactRef> {
  checkLabels(labels);
  const sources = typeof source === "string" ? await fileSources(source) : contentSources(source);
  const stage = await createStage(root);
  try {
    return await store(root, stage, sources, labels);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** An artifact nobody can refer to must not be stored. */
function checkLabels({ kind, name, meta }: ArtifactLabels): void {
  const ref = { kind, name, meta, digest: `sha256:${"0".repeat(64)}`, sizeBytes: 0 };
  const issue = artifactRefSchema.safeParse(ref).error?.issues[0];
  if (!issue) return;
  const message = `The label \`${issue.path.join(".")}\` of the artifact is not valid: ${issue.message}.`;
  throw new TrainyardError("INPUT_INVALID", message);
}

async function store(
  root: string,
  stage: string,
  sources: readonly Source[],
  labels: ArtifactLabels,
): Promise<ArtifactRef> {
  const staged: Staged[] = [];
  const files: ArtifactFile[] = [];
  for (const [index, { path, chunks }] of sources.entries()) {
    const blob = await stageBlob(join(stage, String(index)), chunks());
    staged.push(blob);
    files.push({ path, sha256: blob.sha256, sizeBytes: blob.sizeBytes });
  }
  const text = manifestText(files);
  const manifest = await stageBlob(join(stage, "manifest"), [Buffer.from(text)]);
  await publish(root, staged);
  await publish(root, [manifest]);
  return {
    kind: labels.kind,
    digest: `sha256:${sha256Of(text)}`,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    ...(labels.name !== undefined && { name: labels.name }),
    ...(labels.meta !== undefined && { meta: labels.meta }),
  };
}

/** Hashes the very bytes that are written, so that a source changing meanwhile cannot give a wrong hash. */
async function stageBlob(location: string, chunks: ReturnType<Source["chunks"]>): Promise<Staged> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const handle = await open(location, "wx", 0o400);
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      await handle.writeFile(chunk);
    }
    await handle.chmod(0o444);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { location, sha256: hash.digest("hex"), sizeBytes };
}

/** Renames over a blob that is there already: the content is the same, or whole again where it was damaged. */
async function publish(root: string, staged: readonly Staged[]): Promise<void> {
  const folders = new Set<string>();
  for (const { location, sha256 } of staged) {
    const target = blobPath(root, sha256);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rename(location, target);
    folders.add(dirname(target));
  }
  for (const folder of folders) await syncFolder(folder);
  await syncFolder(blobsFolder(root));
}
