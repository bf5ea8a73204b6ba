import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRegistry } from "@trainyard/core";
import { utilityTools } from "../src/index.ts";
import { localState } from "../src/dataset/source-state.ts";

async function folderWith(file: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "dataset-cache-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "data"));
  await writeFile(join(folder, file), text);
  return folder;
}

function loader(allowedRoots?: readonly string[]) {
  return createRegistry([utilityTools(allowedRoots ? { allowedRoots } : {})]).get("load_dataset");
}

test("an earlier result holds only for the same file, unchanged, where it may be read", async () => {
  const folder = await folderWith("rows.jsonl", '{"text":"a"}\n');
  const path = join(folder, "rows.jsonl");
  const output = { source_state: await localState([path]) };
  const holds = (tool: ReturnType<typeof loader>, asked = path) => tool.validate!(output, { path: asked });
  expect(await holds(loader())).toBe(true);
  expect(await holds(loader([folder]))).toBe(true);
  await expect(holds(loader([join(folder, "data")]))).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
  await writeFile(join(folder, "other.jsonl"), '{"text":"b"}\n');
  expect(await holds(loader(), join(folder, "other.jsonl"))).toBe(false);
  await writeFile(path, '{"text":"changed"}\n');
  expect(await holds(loader())).toBe(false);
});

test("a preflight names a file that is not there, and does not ask the hub", async () => {
  const folder = await folderWith("rows.jsonl", "");
  const preflight = (path: string) => loader().preflight!({ path }, {} as never);
  await expect(preflight(join(folder, "row.jsonl"))).rejects.toMatchObject({
    code: "FILE_NOT_FOUND",
    message: expect.stringContaining("rows.jsonl"),
  });
  expect(await preflight(join(folder, "rows.jsonl"))).toBeUndefined();
  expect(await preflight("org/name")).toBeUndefined();
});
