import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "@trainyard/core";
import { expect, test } from "vitest";
import { processRuntime } from "../src/index.ts";
import { bench } from "./fixtures/bench.ts";

test.each<[string, Partial<Job>, RegExp]>([
  ["an id with a slash", { id: "a/b" }, /job id/],
  ["an id that climbs", { id: ".." }, /job id/],
  ["a long id", { id: "x".repeat(129) }, /job id/],
  ["a relative workdir", { workdir: "here" }, /absolute `workdir`/],
  ["NUL in a variable", { env: { A: "\0" } }, /`A`/],
  ["a bad variable name", { env: { "A=B": "" } }, /A=B/],
  ["NUL in the command", { command: ["a\0"] }, /`command`/],
  ["an empty command", { command: [""] }, /`command`/],
  ["a negative timeout", { timeoutMs: -1 }, /`timeoutMs`/],
  ["a memory limit that is no number", { resources: { memoryBytes: Number.NaN } }, /`memoryBytes`/],
  ["a secret that is not set", { secrets: ["KIT_NOT_SET"] }, /`KIT_NOT_SET`/],
])("refuses %s and leaves nothing behind", async (_, extra, message) => {
  await using it = await bench();
  const refused = it.runtime.start(it.script("bad", "true", extra));
  await expect(refused).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringMatching(message),
  });
  expect(existsSync(it.stateDir)).toBe(false);
});

test("a command that cannot be run frees its id", async () => {
  await using it = await bench();
  const job = it.script("retry", "");
  await expect(it.runtime.start({ ...job, command: ["no-such-tool"] })).rejects.toThrow("no-such-tool");
  await expect(it.runtime.start({ ...job, command: [it.root] })).rejects.toMatchObject({
    code: "RUNTIME_UNAVAILABLE",
    message: expect.stringContaining("permission denied"),
  });
  expect(await it.runtime.attach("retry")).toBeUndefined();
  expect((await (await it.runtime.start({ ...job, command: ["true"] })).wait()).code).toBe(0);
});

test("an id can be used once", async () => {
  await using it = await bench();
  await (await it.runtime.start(it.script("once", "true"))).wait();
  await expect(it.runtime.start(it.script("once", "true"))).rejects.toMatchObject({
    code: "INPUT_INVALID",
    message: expect.stringContaining("`once`"),
  });
});

test("a workdir that is a file is refused with its path", async () => {
  await using it = await bench();
  const job = it.script("file", "true");
  mkdirSync(join(it.root, "work"));
  writeFileSync(job.workdir, "");
  await expect(it.runtime.start(job)).rejects.toThrow(job.workdir);
});

test("options out of bounds are refused by name", () => {
  expect(() => processRuntime({ orphanGraceMs: -1 })).toThrow("`orphanGraceMs`");
  expect(() => processRuntime({ maxOutputBytes: Number.NaN })).toThrow("`maxOutputBytes`");
});

test("a bad grace is refused and the job goes on", async () => {
  await using it = await bench();
  const handle = await it.runtime.start(it.script("grace", "while :; do sleep 0.05; done"));
  await expect(handle.stop({ graceMs: Number.NaN })).rejects.toMatchObject({ code: "INPUT_INVALID" });
  expect(await handle.stop({ graceMs: 1000 })).toMatchObject({ signal: "SIGTERM" });
});

test("jobs that ended long ago are forgotten, others kept", async () => {
  await using it = await bench({ keepEndedMs: 60_000 });
  for (const id of ["old", "new"]) await (await it.runtime.start(it.script(id, "true"))).wait();
  utimesSync(join(it.stateDir, "jobs/old/exit.json"), 0, 0);
  const later = it.again();
  await (await later.start(it.script("now", "true"))).wait();
  expect(await later.attach("old")).toBeUndefined();
  expect(await later.attach("new")).toBeDefined();
});
