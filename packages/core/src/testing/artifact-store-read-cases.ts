import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { ArtifactStore } from "../artifact-store.ts";
import type { ArtifactSubject } from "./artifact-subject.ts";
import type { ConformanceCase } from "./suite.ts";

const UNKNOWN = `sha256:${"0".repeat(64)}`;

/** Rules about getting content back. */
export const artifactStoreReadCases: readonly ConformanceCase<ArtifactSubject>[] = [
  {
    id: "artifact-store:read:content",
    run: async ({ store }) => {
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 251);
      const { digest } = await store.put({ "a/b.bin": bytes, "c.txt": "h\u00e9" }, { kind: "dataset" });
      expect(Buffer.from(await store.read(digest, "a/b.bin")).equals(bytes)).toBe(true);
      expect(Buffer.from(await store.read(digest, "c.txt")).toString()).toBe("h\u00e9");
    },
  },
  {
    id: "artifact-store:read:unknown",
    run: async ({ store }) => {
      const { digest } = await store.put({ "a.txt": "a" }, { kind: "dataset" });
      await expect(store.read(UNKNOWN, "a.txt")).rejects.toMatchObject({ code: "ARTIFACT_NOT_FOUND" });
      await expect(store.read(digest, "b.txt")).rejects.toMatchObject({ code: "ARTIFACT_NOT_FOUND" });
      await expect(store.read(digest, "../a.txt")).rejects.toMatchObject({ code: "ARTIFACT_NOT_FOUND" });
    },
  },
  {
    id: "artifact-store:read:verified",
    run: async ({ store, corrupt }) => {
      const digest = await damaged(store, corrupt);
      await expect(store.read(digest, "bad.txt")).rejects.toMatchObject(namesTheFile);
      expect(Buffer.from(await store.read(digest, "good.txt")).toString()).toBe("good");
    },
  },
  {
    id: "artifact-store:manifest:unknown",
    run: async ({ store }) => {
      expect(await store.manifest(UNKNOWN)).toBeUndefined();
      await expect(store.verify(UNKNOWN)).rejects.toMatchObject({ code: "ARTIFACT_NOT_FOUND" });
    },
  },
  {
    id: "artifact-store:verify:sound",
    run: async ({ store }) => {
      const { digest } = await store.put({ "a.txt": "a", empty: "" }, { kind: "dataset" });
      await store.verify(digest);
    },
  },
  {
    id: "artifact-store:verify:corrupt",
    run: async ({ store, corrupt }) => {
      const digest = await damaged(store, corrupt);
      await expect(store.verify(digest)).rejects.toMatchObject(namesTheFile);
    },
  },
  {
    id: "artifact-store:materialize:content",
    run: async ({ store, folder }) => {
      const { digest } = await store.put({ "a/b/c.txt": "c", "d.txt": "", e: "e" }, { kind: "dataset" });
      const target = join(folder, "new", "copy");
      expect(await store.materialize(digest, target)).toBe(target);
      expect(await readFile(join(target, "a", "b", "c.txt"), "utf8")).toBe("c");
      expect((await readdir(target)).toSorted()).toEqual(["a", "d.txt", "e"]);
    },
  },
  {
    id: "artifact-store:materialize:own-copy",
    run: async ({ store, folder }) => {
      const { digest } = await store.put({ "a.txt": "original" }, { kind: "dataset" });
      await store.materialize(digest, folder);
      await writeFile(join(folder, "a.txt"), "changed");
      expect(Buffer.from(await store.read(digest, "a.txt")).toString()).toBe("original");
    },
  },
  {
    id: "artifact-store:materialize:not-empty",
    run: async ({ store, folder }) => {
      const { digest } = await store.put({ "a.txt": "a" }, { kind: "dataset" });
      await mkdir(join(folder, "mine"));
      await expect(store.materialize(digest, folder)).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
      expect(await readdir(folder)).toEqual(["mine"]);
    },
  },
  {
    id: "artifact-store:materialize:verified",
    run: async ({ store, corrupt, folder }) => {
      const digest = await damaged(store, corrupt);
      await expect(store.materialize(digest, folder)).rejects.toMatchObject(namesTheFile);
    },
  },
  {
    id: "artifact-store:materialize:unknown",
    run: async ({ store, folder }) => {
      await expect(store.materialize(UNKNOWN, folder)).rejects.toMatchObject({ code: "ARTIFACT_NOT_FOUND" });
    },
  },
];

const namesTheFile = { code: "ARTIFACT_CORRUPT", message: expect.stringContaining("bad.txt") };

async function damaged(store: ArtifactStore, corrupt: ArtifactSubject["corrupt"]): Promise<string> {
  const { digest } = await store.put({ "bad.txt": "bad", "good.txt": "good" }, { kind: "dataset" });
  const file = (await store.manifest(digest))?.files.find(({ path }) => path === "bad.txt");
  await corrupt(file?.sha256 ?? "");
  return digest;
}
