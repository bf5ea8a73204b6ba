import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { tempFolder } from "./temp-store.ts";

const spec = { name: "append-only", steps: { a: { tool: "tool_a", input: {}, needs: [] } } };
const digest = `sha256:${"a".repeat(64)}`;
const manifest = {
  tool: "finetune",
  runId: "run-1",
  stepId: "tune",
  inputs: { dataset: `sha256:${"b".repeat(64)}` },
  parameters: {},
  seed: 1,
  environment: {},
  metrics: { loss: Number.NaN },
};
const model = { name: "org/model", ref: { kind: "model", digest, sizeBytes: 1 }, manifest, card: "# Card" };

async function openFilled() {
  const path = join(await tempFolder(), "state.db");
  const store = sqliteStore({ path });
  onTestFinished(store.close);
  const lease = await store.runs.claim("run-1", "owner", 60_000);
  await store.runs.append(lease!, [{ type: "run-start", spec, principal: "local" }]);
  await store.models.register(model);
  const raw = new DatabaseSync(path);
  onTestFinished(() => raw.close());
  return { store, raw };
}

test("events and model versions cannot be changed even by hand", async () => {
  const { store, raw } = await openFilled();
  for (const table of ["events", "models"]) {
    for (const sql of [`DELETE FROM ${table}`, `UPDATE ${table} SET rowid_or_none = 1`]) {
      const statement = sql.replace("rowid_or_none", table === "events" ? "at" : "version");
      expect(() => raw.exec(statement), statement).toThrow(/never/);
    }
  }
  expect(await store.models.get("org/model")).toMatchObject({ version: 1, manifest });
  expect(await store.runs.events("run-1")).toHaveLength(1);
});

test("an alias cannot point to a version that is not there, nor read as one", async () => {
  const { store, raw } = await openFilled();
  raw.exec("PRAGMA foreign_keys = ON");
  expect(() => raw.exec("INSERT INTO model_aliases VALUES ('org/model', 'best', 9)")).toThrow(/FOREIGN KEY/);
  await expect(store.models.setAlias("org/model", "2", 1)).rejects.toMatchObject({ code: "INPUT_INVALID" });
  await store.models.setAlias("org/model", "prod/v2", 1);
  expect(await store.models.get("org/model", "1")).toMatchObject({ aliases: ["latest", "prod/v2"] });
});

test("refuses models that could not be read back", async () => {
  const { store } = await openFilled();
  const wrong = [
    { ...model, ref: { ...model.ref, digest: "sha256:short" } },
    { ...model, ref: { ...model.ref, sizeBytes: -1 } },
    { ...model, card: 5 },
    { ...model, manifest: null },
    { ...model, manifest: { ...manifest, inputs: { dataset: 5 } } },
  ];
  for (const broken of wrong) {
    await expect(store.models.register(broken as unknown as typeof model)).rejects.toMatchObject({
      code: "INPUT_INVALID",
      message: expect.stringContaining("org/model"),
    });
  }
  expect(await store.models.list()).toHaveLength(1);
});

test("lookups by cache key, by input and by time use an index", async () => {
  const { raw } = await openFilled();
  const plan = (sql: string) => JSON.stringify(raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all());
  expect(
    plan(
      "SELECT * FROM steps WHERE cache_key = 'k' AND status = 'succeeded' ORDER BY ended_at DESC, rowid DESC",
    ),
  ).toMatch(/USING INDEX steps_by_cache_key \(cache_key=\?\)"\}\]$/);
  expect(plan("SELECT name, version FROM model_inputs WHERE input = 'd'")).toContain("SEARCH");
  expect(plan("SELECT * FROM runs ORDER BY created_at DESC, rowid DESC")).not.toContain("TEMP B-TREE");
});
