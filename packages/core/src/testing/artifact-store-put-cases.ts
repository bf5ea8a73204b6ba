import { createHash } from "node:crypto";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { canonicalJson } from "../json.ts";
import type { ArtifactSubject } from "./artifact-subject.ts";
import type { ConformanceCase } from "./suite.ts";

const labels = { kind: "dataset" };

/** Rules about storing. */
export const artifactStorePutCases: readonly ConformanceCase<ArtifactSubject>[] = [
  {
    id: "artifact-store:put:ref",
    run: async ({ store }) => {
      const ref = await store.put(
        { "a.txt": "abc", "b/c.bin": new Uint8Array(5) },
        { kind: "model.adapter", name: "n", meta: { rows: 3 } },
      );
      expect(ref).toEqual({
        kind: "model.adapter",
        name: "n",
        meta: { rows: 3 },
        sizeBytes: 8,
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      });
    },
  },
  {
    id: "artifact-store:put:digest",
    run: async ({ store }) => {
      const { digest } = await store.put({ "b.txt": "b", "a.txt": "abc" }, labels);
      const files = [
        { path: "a.txt", sha256: sha256("abc"), sizeBytes: 3 },
        { path: "b.txt", sha256: sha256("b"), sizeBytes: 1 },
      ];
      expect(await store.manifest(digest)).toEqual({ files });
      expect(digest).toBe(`sha256:${sha256(canonicalJson(files))}`);
    },
  },
  {
    id: "artifact-store:put:same-content",
    run: async ({ store }) => {
      const one = await store.put({ "a.txt": "abc", "b.txt": "b" }, labels);
      const two = await store.put({ "b.txt": "b", "a.txt": "abc" }, { kind: "config", name: "other" });
      const other = await store.put({ "a.txt": "abc", "c.txt": "b" }, labels);
      expect(two.digest).toBe(one.digest);
      expect(other.digest).not.toBe(one.digest);
    },
  },
  {
    id: "artifact-store:put:folder",
    run: async ({ store, folder }) => {
      await mkdir(join(folder, "deep", "er"), { recursive: true });
      await writeFile(join(folder, "deep", "er", "x.txt"), "x");
      await writeFile(join(folder, "empty"), "");
      const { digest } = await store.put(folder, labels);
      expect((await store.manifest(digest))?.files).toEqual([
        { path: "deep/er/x.txt", sha256: sha256("x"), sizeBytes: 1 },
        { path: "empty", sha256: sha256(""), sizeBytes: 0 },
      ]);
    },
  },
  {
    id: "artifact-store:put:file",
    run: async ({ store, folder }) => {
      await writeFile(join(folder, "one.txt"), "1");
      const { digest } = await store.put(join(folder, "one.txt"), labels);
      expect((await store.manifest(digest))?.files.map(({ path }) => path)).toEqual(["one.txt"]);
    },
  },
  {
    id: "artifact-store:put:missing",
    run: async ({ store, folder }) => {
      await expect(store.put(join(folder, "nothing"), labels)).rejects.toMatchObject({
        code: "FILE_NOT_FOUND",
      });
    },
  },
  {
    id: "artifact-store:put:hostile-path",
    run: async ({ store }) => {
      for (const path of ["../a", "a/../../b", "/a", "", ".", "a//b", "a/", "./a", "a\\b", "a\0b"]) {
        await expect(store.put({ [path]: "x" }, labels), path).rejects.toMatchObject({
          code: "PATH_NOT_ALLOWED",
        });
      }
    },
  },
  {
    id: "artifact-store:put:escaping-link",
    run: async ({ store, folder }) => {
      await mkdir(join(folder, "source"));
      await writeFile(join(folder, "secret"), "secret");
      await symlink(join("..", "secret"), join(folder, "source", "link"));
      await expect(store.put(join(folder, "source"), labels)).rejects.toMatchObject({
        code: "PATH_NOT_ALLOWED",
      });
    },
  },
  {
    id: "artifact-store:put:whole-or-nothing",
    run: async ({ store, folder }) => {
      await mkdir(join(folder, "source"));
      await writeFile(join(folder, "source", "a-good"), "good");
      await symlink("nowhere", join(folder, "source", "b-bad"));
      await expect(store.put(join(folder, "source"), labels)).rejects.toBeDefined();
      const files = [{ path: "a-good", sha256: sha256("good"), sizeBytes: 4 }];
      expect(await store.manifest(`sha256:${sha256(canonicalJson(files))}`)).toBeUndefined();
    },
  },
];

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
