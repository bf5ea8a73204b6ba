import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifact, definePlugin, defineTool } from "@trainyard/core";
import { processRuntime } from "@trainyard/runtime-process";
import { createGateway } from "@trainyard/server";
import { fsStore } from "@trainyard/store-fs";
import { sqliteStore } from "@trainyard/store-sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { createAgent, createClient, embeddedPlanner, type TrainyardClient } from "../../src/index.ts";
import { collect } from "./loopback.ts";

const writeDataset = defineTool({
  name: "load_dataset",
  description: "Loads a dataset.",
  input: z.object({ path: z.string() }),
  output: z.object({ train: artifact("dataset"), validation: artifact("dataset") }),
  async run({ path }, { artifacts, log }) {
    log("info", `loading ${path}`);
    const put = (name: string) => artifacts.put({ "rows.txt": `${path} ${name}` }, { kind: "dataset" });
    return { train: await put("train"), validation: await put("validation") };
  },
});

const evaluate = defineTool({
  name: "evaluate",
  description: "Measures a model.",
  input: z.object({ model: z.union([z.string(), artifact("model")]), dataset: artifact("dataset") }),
  output: z.object({ report: artifact("report"), f1: z.number() }),
  async run({ model }, { artifacts, metric, progress }) {
    for (let step = 1; step <= 3; step += 1) metric({ f1: step * 10 }, { step });
    progress({ current: 3, total: 3, unit: "rows" });
    return { report: await artifacts.put({ "report.txt": String(model) }, { kind: "report" }), f1: 30 };
  },
});

const wait = defineTool({
  name: "wait_for_ever",
  description: "Waits until it is cancelled.",
  input: z.object({}),
  output: z.object({}),
  run: (_input, { signal }) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }),
    ),
});

const spec = {
  steps: {
    data: { tool: "load_dataset", input: { path: "squad" } },
    eval: { tool: "evaluate", input: { model: "m", dataset: { $from: "data.validation" } } },
  },
};

let client: TrainyardClient;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), "client-"));
  const store = sqliteStore({ path: join(home, "state.db") });
  const runtime = processRuntime({ stateDir: home });
  const plugin = definePlugin({ name: "test", tools: [writeDataset, evaluate, wait] });
  const gateway = createGateway({
    plugins: [plugin],
    store,
    artifacts: fsStore({ path: join(home, "blobs") }),
    runtime,
    workRoot: join(home, "runs"),
  });
  const { url } = await gateway.listen();
  client = createClient({ url });
  closing.push(
    () => client.close(),
    () => gateway.close(),
    () => runtime.close(),
    () => store.close(),
    () => rm(home, { recursive: true, force: true }),
  );
});

afterAll(async () => {
  for (const close of closing) await close();
});

describe("the client of a real gateway", () => {
  it("reads the catalog as a planner needs it", async () => {
    const { tools, recipes } = await client.catalog();
    expect(tools.map(({ name }) => name)).toEqual(["load_dataset", "evaluate", "wait_for_ever"]);
    expect(tools[1]).toMatchObject({
      inputs: { model: { kind: "model", literal: true }, dataset: { kind: "dataset", optional: false } },
      outputs: { report: { kind: "report" } },
    });
    expect(recipes).toEqual([]);
  });

  it("goes from a goal to the last event", async () => {
    const agent = createAgent({ client, planner: embeddedPlanner() });
    const plan = await agent.plan("Evaluate Qwen2.5-0.5B on SQuAD");
    expect(plan.unresolved).toEqual([]);
    expect(await agent.check(plan)).toMatchObject({ ok: true, problems: [] });
    const run = await agent.run(plan);
    const events = await collect(run.events());
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events[0]).toMatchObject({ type: "run-start", goal: "Evaluate Qwen2.5-0.5B on SQuAD" });
    expect(events.at(-1)).toMatchObject({ type: "run-end", status: "succeeded" });

    expect(await client.status(run.runId)).toMatchObject({
      run: { status: "succeeded" },
      steps: [{ stepId: "data" }, { stepId: "eval" }],
    });
    expect(await client.result(run.runId)).toMatchObject({
      runId: run.runId,
      status: "succeeded",
      outputs: { eval: { f1: 30 } },
    });
    expect(await client.logs(run.runId)).toMatchObject({
      entries: [{ stepId: "data", level: "info", message: "loading squad" }],
    });
    expect(await client.metrics(run.runId, { stepId: "eval" })).toEqual([
      {
        stepId: "eval",
        name: "f1",
        points: [
          [1, 10],
          [2, 20],
          [3, 30],
        ],
      },
    ]);
    expect(await client.runs({ limit: 1 })).toMatchObject([{ runId: run.runId }]);
    expect(await client.models()).toEqual([]);
    expect(await collect(client.events(run.runId, { afterSeq: events.length }))).toEqual([]);
  });

  it("does not run a goal that is not clear", async () => {
    const agent = createAgent({ client, planner: embeddedPlanner() });
    const plan = await agent.plan("Evaluate it on SQuAD");
    await expect(agent.run(plan)).rejects.toMatchObject({
      code: "GOAL_UNCLEAR",
      message: expect.stringContaining("Which model"),
      data: { unresolved: plan.unresolved },
    });
    await expect(agent.check(plan)).rejects.toMatchObject({ code: "GOAL_UNCLEAR" });
  });

  it("tells every problem of a workflow", async () => {
    const bad = { steps: { a: { tool: "nothing" }, b: { tool: "evaluate", input: { model: 3 } } } };
    const check = await client.checkWorkflow(bad);
    expect(check.ok).toBe(false);
    expect(check.problems.map(({ stepId }) => stepId)).toEqual(expect.arrayContaining(["a", "b"]));
    await expect(client.runWorkflow(bad)).rejects.toMatchObject({
      code: "WORKFLOW_INVALID",
      data: { problems: check.problems },
    });
  });

  it("cancels a run while its events are read", async () => {
    const { runId } = await client.runWorkflow({ steps: { w: { tool: "wait_for_ever" } } });
    const types: string[] = [];
    for await (const event of client.events(runId)) {
      types.push(event.type);
      if (event.type === "step-start")
        expect(await client.cancel(runId, "enough")).toEqual({ runId, status: "cancelled" });
    }
    expect(types).toContain("run-cancel");
    expect(types.at(-1)).toBe("run-end");
  });

  it("says that a run is not there", async () => {
    const { status, result, cancel, logs, metrics } = client;
    const events = (runId: string) => collect(client.events(runId));
    for (const call of [status, result, cancel, logs, metrics, events]) {
      await expect(call("nope")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    }
  });

  it("follows several runs at once", async () => {
    const handles = await Promise.all(
      Array.from({ length: 5 }, () => client.runWorkflow(spec, { cache: false })),
    );
    const logs = await Promise.all(handles.map(({ runId }) => collect(client.events(runId))));
    for (const [index, log] of logs.entries()) {
      expect(new Set(log.map(({ runId }) => runId))).toEqual(new Set([handles[index]!.runId]));
      expect(log.at(-1)).toMatchObject({ type: "run-end", status: "succeeded" });
    }
  });
});
