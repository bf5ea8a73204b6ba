// Adds the tool of plugin.ts, lets the planner find it by its words, and runs the plan.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedPlanner } from "@trainyard/client";
import { createExecutor, createRegistry } from "@trainyard/core";
import { processRuntime } from "@trainyard/runtime-process";
import { fsStore } from "@trainyard/store-fs";
import { sqliteStore } from "@trainyard/store-sqlite";
import { utilityTools } from "@trainyard/tools-utility";
import { wordPlugin } from "./plugin.ts";

const home = await mkdtemp(join(tmpdir(), "trainyard-example-"));
const store = sqliteStore({ path: join(home, "state.db") });
const registry = createRegistry([utilityTools(), wordPlugin]);
const executor = createExecutor({
  registry,
  runs: store.runs,
  models: store.models,
  artifacts: fsStore({ path: home }),
  runtime: processRuntime({ stateDir: home }),
  workRoot: join(home, "runs"),
});
try {
  const goal = "Count the words of the sample question-answering dataset";
  const plan = await embeddedPlanner().plan({ goal, catalog: registry.catalog });
  assert.deepEqual(plan.unresolved, []);
  const tools = Object.values(plan.spec.steps).map((step) => step.tool);
  assert.deepEqual(tools, ["load_dataset", "count_words"]);

  const run = await executor.start(plan.spec, { goal });
  assert.equal((await run.done).status, "succeeded");
  const counted = (await store.runs.steps(run.runId)).find((step) => step.tool === "count_words");
  assert.ok(Number(counted?.outputs?.["words"]) > 1000);
  console.log("custom-tool-plugin: ok");
} finally {
  await executor.close();
  await store.close();
  await rm(home, { recursive: true, force: true });
}
