import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { TrainyardError } from "@trainyard/core";
import { expect, onTestFinished, test } from "vitest";
import { sqliteStore, type SqliteStoreOptions } from "../src/index.ts";
import { migrations } from "../src/migrations.ts";
import { openDatabase } from "../src/open-database.ts";
import { tempFolder } from "./temp-store.ts";

const spec = { name: "open", steps: { a: { tool: "tool_a", input: {}, needs: [] } } };

function open(options: SqliteStoreOptions) {
  const store = sqliteStore(options);
  onTestFinished(store.close);
  return store;
}

function refusal(options: SqliteStoreOptions): TrainyardError {
  try {
    open(options);
  } catch (thrown) {
    if (TrainyardError.is(thrown)) return thrown;
    throw thrown;
  }
  throw new Error("The store was opened.");
}

test("creates the folder and files that only their owner can read", async () => {
  const path = join(await tempFolder(), "deep", "er", "state.db");
  const { runs } = open({ path });
  await runs.claim("run-1", "owner", 1000);
  for (const file of [path, `${path}-wal`, `${path}-shm`])
    expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("sets what durability and integrity rest on", async () => {
  const db = openDatabase(join(await tempFolder(), "state.db"), 1234);
  onTestFinished(() => db.close());
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  expect(pragma("journal_mode")).toBe("wal");
  expect(pragma("synchronous")).toBe(2);
  expect(pragma("foreign_keys")).toBe(1);
  expect(pragma("busy_timeout")).toBe(1234);
  expect(pragma("user_version")).toBe(migrations.length);
});

test("keeps everything over closing and opening again", async () => {
  const path = join(await tempFolder(), "state.db");
  const first = open({ path });
  const lease = await first.runs.claim("run-1", "owner", 60_000);
  await first.runs.append(lease!, [{ type: "run-start", spec, principal: "local" }]);
  const before = await first.runs.run("run-1");
  await first.close();
  const second = open({ path });
  expect(await second.runs.run("run-1")).toEqual(before);
  expect(await second.runs.claim("run-1", "other", 60_000)).toBeUndefined();
});

test("writes that are pending when the store is closed are kept", async () => {
  const path = join(await tempFolder(), "state.db");
  const first = open({ path });
  const claim = first.runs.claim("run-1", "owner", 60_000);
  await first.close();
  expect(await claim).toEqual({ runId: "run-1", epoch: 1 });
  expect(await open({ path }).runs.claim("run-1", "other", 60_000)).toBeUndefined();
});

test("a closed store says so, and closing again does nothing", async () => {
  const { runs, models, close } = open({ path: join(await tempFolder(), "state.db") });
  await close();
  await runs.close();
  await expect(runs.run("run-1")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await expect(runs.claim("run-1", "owner", 1000)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await expect(models.list()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
});

test("two stores on one file fence each other off", async () => {
  const path = join(await tempFolder(), "state.db");
  const one = open({ path });
  const two = open({ path });
  const lost = await one.runs.claim("run-1", "owner", 60_000);
  await two.runs.claim("run-1", "owner", 60_000);
  const append = one.runs.append(lost!, [{ type: "run-start", spec, principal: "local" }]);
  await expect(append).rejects.toMatchObject({ code: "STORE_CONFLICT" });
  expect(await two.runs.run("run-1")).toBeUndefined();
});

test("refuses a file that is no database, and leaves it as it is", async () => {
  const path = join(await tempFolder(), "notes.txt");
  const notes = "These are notes and no database. ".repeat(40);
  await writeFile(path, notes);
  const error = refusal({ path });
  expect(error.code).toBe("STORE_UNAVAILABLE");
  expect(error.message).toContain(path);
  expect(error.message).toContain("set another path");
  expect(await readFile(path, "utf8")).toBe(notes);
});

test("refuses the database of another program, and leaves it as it is", async () => {
  const path = join(await tempFolder(), "other.db");
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE photos (id INTEGER)");
  other.close();
  const before = await readFile(path);
  expect(refusal({ path })).toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining(path),
  });
  expect((await readFile(path)).equals(before)).toBe(true);
});

test("refuses a newer database, and leaves it as it is", async () => {
  const path = join(await tempFolder(), "state.db");
  await sqliteStore({ path }).close();
  const newer = new DatabaseSync(path);
  newer.exec(`PRAGMA user_version = ${migrations.length + 1}`);
  newer.close();
  const before = await readFile(path);
  expect(refusal({ path })).toMatchObject({
    code: "STORE_TOO_NEW",
    message: expect.stringContaining(path),
    data: { found: migrations.length + 1, known: migrations.length },
  });
  expect((await readFile(path)).equals(before)).toBe(true);
});

test("names the path where the folder cannot be made or the file is a folder", async () => {
  const folder = await tempFolder();
  await writeFile(join(folder, "file"), "");
  const below = join(folder, "file", "state.db");
  expect(refusal({ path: below })).toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining("file"),
  });
  await mkdir(join(folder, "taken"));
  const taken = join(folder, "taken");
  expect(refusal({ path: taken })).toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining(taken),
  });
});

test("a damaged database is reported with its path", async () => {
  const path = join(await tempFolder(), "state.db");
  await sqliteStore({ path }).close();
  const bytes = await readFile(path);
  bytes.fill(0xff, 100, 4096);
  await writeFile(path, bytes);
  expect(refusal({ path })).toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining(path),
  });
});

test("a writer that is held off by another gives up in time and may try again", async () => {
  const path = join(await tempFolder(), "state.db");
  const { runs } = open({ path, busyTimeoutMs: 20 });
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec("BEGIN IMMEDIATE");
  await expect(runs.claim("run-1", "owner", 1000)).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    retryable: true,
    message: expect.stringContaining(path),
  });
  expect(await runs.run("run-1")).toBeUndefined();
  other.exec("COMMIT");
  expect(await runs.claim("run-1", "owner", 1000)).toBeDefined();
});

test("refuses options, ids and limits out of bounds", async () => {
  const path = join(await tempFolder(), "state.db");
  for (const busyTimeoutMs of [-1, 0.5, Number.NaN, 600_001]) {
    expect(refusal({ path, busyTimeoutMs }).code).toBe("INPUT_INVALID");
  }
  const { runs, models } = open({ path });
  const refused = { code: "INPUT_INVALID" };
  for (const runId of ["", "../x", "a b", "a/b", ".x", "a".repeat(129)]) {
    await expect(runs.claim(runId, "owner", 1000), runId).rejects.toMatchObject(refused);
  }
  for (const ttlMs of [0, -1, 1.5, Number.NaN, Number.MAX_SAFE_INTEGER]) {
    await expect(runs.claim("run-1", "owner", ttlMs)).rejects.toMatchObject(refused);
  }
  await expect(runs.events("run-1", { limit: 0 })).rejects.toMatchObject(refused);
  await expect(runs.events("run-1", { afterSeq: -1 })).rejects.toMatchObject(refused);
  await expect(runs.runs({ limit: 1.5 })).rejects.toMatchObject(refused);
  await expect(models.list({ limit: -1 })).rejects.toMatchObject(refused);
});

test("a misplaced event is refused with the fix, and nothing of its batch is written", async () => {
  const { runs } = open({ path: join(await tempFolder(), "state.db") });
  const lease = (await runs.claim("run-1", "owner", 60_000))!;
  const start = { type: "run-start", spec, principal: "local" } as const;
  const line = { type: "step-log", stepId: "a", level: "info", message: "x" } as const;
  const refused = { code: "INPUT_INVALID", message: expect.stringContaining("run-1") };
  await expect(runs.append(lease, [line])).rejects.toMatchObject(refused);
  await expect(runs.append(lease, [start, start])).rejects.toMatchObject(refused);
  expect(await runs.run("run-1")).toBeUndefined();
  await runs.append(lease, [start]);
  const stray = { type: "step-end", stepId: "stray", status: "skipped", attempt: 0 } as const;
  await expect(runs.append(lease, [line, stray])).rejects.toMatchObject({
    message: expect.stringContaining("stray"),
  });
  expect(await runs.events("run-1")).toHaveLength(1);
  await runs.append(lease, [{ ...stray, stepId: "a" }]);
  expect(await runs.steps("run-1")).toMatchObject([{ stepId: "a", tool: "tool_a", status: "skipped" }]);
});

test("a read-only file is reported with the fix", async (context) => {
  if (process.getuid?.() === 0) context.skip("root may write to read-only files");
  const path = join(await tempFolder(), "state.db");
  await sqliteStore({ path }).close();
  await chmod(path, 0o400);
  expect(refusal({ path })).toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining(path),
  });
});
