import { createHash } from "node:crypto";
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "@trainyard/core";
import { expect, onTestFinished, test } from "vitest";
import { fsStore } from "../src/index.ts";
import { blobOf, flipBit, tempFolder, tempStore } from "./temp-store.ts";

async function openStore() {
  const opened = await tempStore();
  onTestFinished(opened.close);
  return { ...opened, folder: await tempFolder() };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

test("a forged list that leads out of its folder is refused everywhere", async () => {
  const { store, folder } = await openStore();
  const { digest: known } = await store.put({ "a.txt": "content" }, { kind: "dataset" });
  const [file] = (await store.manifest(known))?.files ?? [];
  for (const path of ["../evil", "/tmp/evil", "a/../../evil", "a\\..\\evil", "a//evil", "evil\0"]) {
    // Content of an artifact can be anything, also the text of a list.
    const text = canonicalJson([{ ...file, path }]);
    await store.put({ forged: text }, { kind: "dataset" });
    const digest = `sha256:${sha256(text)}`;
    const refused = { code: "PATH_NOT_ALLOWED" };
    await expect(store.manifest(digest), path).rejects.toMatchObject(refused);
    await expect(store.read(digest, path), path).rejects.toMatchObject(refused);
    await expect(store.materialize(digest, join(folder, "inner", "copy")), path).rejects.toMatchObject(
      refused,
    );
  }
  expect(await readdir(folder)).toEqual([]);
});

test("content that is no list is no artifact", async () => {
  const { store } = await openStore();
  const entry = { path: "a", sha256: "0".repeat(64), sizeBytes: 1 };
  const texts = [
    "",
    "text",
    "{}",
    "[5]",
    "null",
    "[[]]",
    ' [{"path":"a"}]',
    JSON.stringify([{ ...entry, more: 1 }]),
    JSON.stringify([{ ...entry, sizeBytes: -1 }]),
    JSON.stringify([{ ...entry, sha256: "../../x" }]),
  ];
  for (const text of texts) {
    await store.put({ content: text }, { kind: "dataset" });
    expect(await store.manifest(`sha256:${sha256(text)}`), text).toBeUndefined();
  }
});

test("what is no digest is refused before it becomes a path", async () => {
  const { store } = await openStore();
  for (const digest of [
    "",
    "sha256:",
    `sha256:${"A".repeat(64)}`,
    `sha256:../${"0".repeat(61)}`,
    "0".repeat(64),
  ]) {
    for (const call of [store.manifest(digest), store.read(digest, "a"), store.verify(digest)]) {
      await expect(call, digest).rejects.toMatchObject({ code: "INPUT_INVALID" });
    }
  }
});

test("a damaged list, a missing file and a file of another size are found", async () => {
  const { store, root } = await openStore();
  const { digest } = await store.put({ "a.txt": "aaa", "b.txt": "bbb" }, { kind: "dataset" });
  const corrupt = (path: string) => ({
    code: "ARTIFACT_CORRUPT",
    data: { path, digest: expect.stringMatching(/^sha256:/) },
  });
  const [a, b] = (await store.manifest(digest))?.files ?? [];
  await rm(blobOf(root, a!.sha256));
  await expect(store.read(digest, "a.txt")).rejects.toMatchObject(corrupt("a.txt"));
  await rm(blobOf(root, b!.sha256));
  await writeFile(blobOf(root, b!.sha256), "bbbb");
  await expect(store.read(digest, "b.txt")).rejects.toMatchObject(corrupt("b.txt"));
  await flipBit(blobOf(root, digest.slice("sha256:".length)));
  await expect(store.manifest(digest)).rejects.toMatchObject({
    code: "ARTIFACT_CORRUPT",
    message: expect.stringContaining(digest),
  });
});

test("laying out a damaged artifact leaves an empty folder", async () => {
  const { store, corrupt, folder } = await openStore();
  const { digest } = await store.put({ "a/good": "good", "b/bad": "bad" }, { kind: "dataset" });
  await corrupt((await store.manifest(digest))!.files[1]!.sha256);
  await expect(store.materialize(digest, folder)).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
  expect(await readdir(folder)).toEqual([]);
});

test("does not lay out through a link", async () => {
  const { store, folder } = await openStore();
  const { digest } = await store.put({ a: "a" }, { kind: "dataset" });
  await mkdir(join(folder, "elsewhere"));
  await symlink("elsewhere", join(folder, "link"));
  await expect(store.materialize(digest, join(folder, "link"))).rejects.toMatchObject({
    code: "PATH_NOT_ALLOWED",
  });
  expect(await readdir(join(folder, "elsewhere"))).toEqual([]);
});

test("a store that cannot be opened says where, and works once it can", async () => {
  const folder = await tempFolder();
  const root = join(folder, "store");
  await writeFile(root, "a file");
  const store = fsStore({ path: root });
  await expect(store.put({ a: "a" }, { kind: "dataset" })).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining(root),
  });
  await rm(root);
  await store.put({ a: "a" }, { kind: "dataset" });
});
