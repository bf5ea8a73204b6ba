import { execFileSync } from "node:child_process";
import {
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { canonicalJson } from "@trainyard/core";
import { expect, onTestFinished, test } from "vitest";
import { fsStore } from "../src/index.ts";
import { blobOf, flipBit, tempFolder, tempStore } from "./temp-store.ts";

const labels = { kind: "dataset" };

async function openStore() {
  const opened = await tempStore();
  onTestFinished(opened.close);
  return { ...opened, source: await tempFolder() };
}

/** Every plain file of the store, by its path below the root. */
async function filesOf(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}

function makePipe(path: string): void {
  execFileSync("sh", ["-c", 'mkfifo "$0"', path]);
}

function refusal(path: string) {
  return { code: "PATH_NOT_ALLOWED", message: expect.stringContaining(path) };
}

test("keeps each content once, read-only, beside the list that is the artifact", async () => {
  const { store, root } = await openStore();
  const one = await store.put({ "a.txt": "same", "b.txt": "same" }, labels);
  await store.put({ "c.txt": "same" }, labels);
  const files = await filesOf(root);
  expect(files).toHaveLength(3);
  const list = blobOf(root, one.digest.slice("sha256:".length));
  expect(JSON.parse(await readFile(list, "utf8"))).toEqual((await store.manifest(one.digest))?.files);
  for (const file of files) expect((await stat(join(root, file))).mode & 0o777).toBe(0o444);
});

test("an artifact without files can be stored and laid out", async () => {
  const { store, source } = await openStore();
  const ref = await store.put(source, labels);
  expect(ref.sizeBytes).toBe(0);
  expect(await readdir(await store.materialize(ref.digest, join(source, "copy")))).toEqual([]);
});

test("a link within the folder counts as its file, whatever the way to the folder", async () => {
  const { store, source } = await openStore();
  await mkdir(join(source, "real"));
  await writeFile(join(source, "real", "a.txt"), "a");
  await symlink("a.txt", join(source, "real", "b.txt"));
  await symlink("real", join(source, "way"));
  const { digest } = await store.put(join(source, "way"), labels);
  expect(Buffer.from(await store.read(digest, "b.txt")).toString()).toBe("a");
});

test("refuses links that leave, lead nowhere, lead in circles or to folders", async () => {
  const { store, source } = await openStore();
  await mkdir(join(source, "root", "sub"), { recursive: true });
  await mkdir(join(source, "root-sibling"));
  await writeFile(join(source, "root-sibling", "secret"), "secret");
  const targets = {
    absolute: "/etc/hostname",
    sibling: "../root-sibling/secret",
    nowhere: "none",
    circle: "circle",
    folder: "sub",
    self: ".",
  };
  for (const [name, target] of Object.entries(targets)) {
    await symlink(target, join(source, "root", name));
    await expect(store.put(join(source, "root"), labels), name).rejects.toMatchObject(refusal(name));
    await rm(join(source, "root", name));
  }
});

test("refuses sockets, pipes and devices without waiting for them", async () => {
  const { store, root, source } = await openStore();
  await writeFile(join(source, "a-good"), "good");
  makePipe(join(source, "pipe"));
  await expect(store.put(source, labels)).rejects.toMatchObject(refusal("pipe"));
  await expect(store.put(join(source, "pipe"), labels)).rejects.toMatchObject(refusal("pipe"));
  await rm(join(source, "pipe"));
  const server = createServer().listen(join(source, "socket"));
  onTestFinished(() => void server.close());
  await expect(store.put(source, labels)).rejects.toMatchObject(refusal("socket"));
  await expect(store.put("/dev/zero", labels)).rejects.toMatchObject(refusal("zero"));
  expect(await filesOf(root)).toEqual([]);
});

test("refuses names that other systems read as paths, and files that are folders too", async () => {
  const { store, source } = await openStore();
  await writeFile(join(source, "..\\up"), "x");
  await expect(store.put(source, labels)).rejects.toMatchObject(refusal("up"));
  await expect(store.put({ a: "file", "a/b": "below a file" }, labels)).rejects.toMatchObject(refusal("a"));
  await expect(store.put({ "\uD800": "x" }, labels)).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
  await expect(store.put({ ["a/".repeat(3000) + "b"]: "x" }, labels)).rejects.toMatchObject({
    code: "PATH_NOT_ALLOWED",
  });
});

test("refuses a name that is not Unicode", async (context) => {
  const { store, source } = await openStore();
  const name = Buffer.concat([Buffer.from(`${source}/`), Buffer.from([0xff, 0xfe])]);
  await writeFile(name, "x").catch(() => context.skip("this file system keeps only Unicode names"));
  await expect(store.put(source, labels)).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
});

test("drops setuid bits and hard links", async () => {
  const { store, source } = await openStore();
  await writeFile(join(source, "tool"), "x");
  await chmod(join(source, "tool"), 0o4755);
  await link(join(source, "tool"), join(source, "twin"));
  const { digest } = await store.put(source, labels);
  const copy = await store.materialize(digest, await tempFolder());
  for (const name of ["tool", "twin"]) {
    const { mode, nlink } = await stat(join(copy, name));
    expect([mode & 0o7777, nlink]).toEqual([0o644, 1]);
  }
});

test("refuses labels that would make an invalid reference", async () => {
  const { store, root } = await openStore();
  await expect(store.put({ a: "a" }, { kind: "Not A Kind" })).rejects.toMatchObject({
    code: "INPUT_INVALID",
  });
  expect(await filesOf(root)).toEqual([]);
});

test("a failure leaves nothing, half-written files included", async () => {
  const { store, root, source } = await openStore();
  await writeFile(join(source, "a-good"), "x".repeat(3_000_000));
  await symlink("nowhere", join(source, "z-bad"));
  makePipe(join(source, "y-pipe"));
  await expect(store.put(source, labels)).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
  await rm(join(source, "z-bad"));
  await expect(store.put(source, labels)).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
  expect(await readdir(root, { recursive: true })).toEqual(["blobs", "tmp", "blobs/sha256"]);
});

test("storing again heals a damaged file", async () => {
  const { store, root } = await openStore();
  const { digest } = await store.put({ "a.txt": "content" }, labels);
  const [file] = (await store.manifest(digest))?.files ?? [];
  await flipBit(blobOf(root, file?.sha256 ?? ""));
  await expect(store.verify(digest)).rejects.toMatchObject({ code: "ARTIFACT_CORRUPT" });
  await store.put({ "a.txt": "content" }, labels);
  await store.verify(digest);
});

test("many stores of the same content at once agree", async () => {
  const { store, root } = await openStore();
  const stores = [store, fsStore({ path: root }), fsStore({ path: root })];
  const contents = { "a.bin": new Uint8Array(2_000_000), "b.txt": "b" };
  const refs = await Promise.all(
    Array.from({ length: 9 }, (_, index) => stores[index % 3]!.put(contents, labels)),
  );
  expect(new Set(refs.map(({ digest }) => digest)).size).toBe(1);
  await store.verify(refs[0]!.digest);
  expect(await readdir(join(root, "tmp"))).toEqual([]);
});

test("opening sweeps what was left over a day ago and nothing younger", async () => {
  const { root } = await openStore();
  const dayAgo = new Date(Date.now() - 25 * 3_600_000);
  for (const name of ["old", "young", "old-but-growing"]) {
    await mkdir(join(root, "tmp", name), { recursive: true });
    await writeFile(join(root, "tmp", name, "0"), "half");
    if (name === "old") await utimes(join(root, "tmp", name, "0"), dayAgo, dayAgo);
    if (name !== "young") await utimes(join(root, "tmp", name), dayAgo, dayAgo);
  }
  const unknown = `sha256:${"0".repeat(64)}`;
  expect(await fsStore({ path: root }).manifest(unknown)).toBeUndefined();
  expect((await readdir(join(root, "tmp"))).toSorted()).toEqual(["old-but-growing", "young"]);
});

test("the list is canonical: sorted by path, in code units", async () => {
  const { store, root } = await openStore();
  const { digest } = await store.put({ "b/a": "1", "b.txt": "2", B: "3", "\u00e9": "4" }, labels);
  const text = await readFile(blobOf(root, digest.slice("sha256:".length)), "utf8");
  const files = JSON.parse(text) as { path: string }[];
  expect(files.map(({ path }) => path)).toEqual(["B", "b.txt", "b/a", "\u00e9"]);
  expect(text).toBe(canonicalJson(files));
});
