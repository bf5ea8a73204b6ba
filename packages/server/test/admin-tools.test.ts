import { createRegistry, type Executor, type RunEvent } from "@trainyard/core";
import { describe, expect, it } from "vitest";
import { createGateway, type GatewayOptions } from "../src/index.ts";
import { call, composeGateway, connect, finish, openGateway, reach } from "./open-gateway.ts";
import { samplePlugin } from "./sample-plugin.ts";

const pipeline = {
  name: "pipeline",
  steps: {
    data: { tool: "make_data", input: { rows: 6 } },
    count: { tool: "count_rows", input: { dataset: { $from: "data.train" } } },
  },
};

describe("list_tools", () => {
  it("gives the same catalog as the registry", async () => {
    const { url } = await openGateway();
    const { value, text } = await call(await connect(url, "auto"), "list_tools");
    expect(value).toEqual(JSON.parse(JSON.stringify(createRegistry([samplePlugin]).catalog)));
    expect(text).toContain("add: Adds two numbers.");
  });
});

describe("run_workflow", () => {
  it("starts all steps of a workflow as one run", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, "auto");
    const { value } = await call(client, "run_workflow", {
      spec: pipeline,
      goal: "count some rows",
      cache: false,
    });
    expect(value).toMatchObject({ task_id: value.run_id, status: "running", steps: ["data", "count"] });
    await finish(gateway, value.run_id);
    const result = await call(client, "get_result", { run_id: value.run_id });
    expect(result.value).toMatchObject({ status: "succeeded", outputs: { count: { rows: 6 } } });
    const runs = await call(client, "list_runs", { limit: 1 });
    expect(runs.value.runs).toMatchObject([
      { runId: value.run_id, name: "pipeline", goal: "count some rows" },
    ]);
  });

  it("refuses an invalid workflow with every problem, and starts nothing", async () => {
    const { url } = await openGateway();
    const client = await connect(url, "auto");
    const spec = { steps: { a: { tool: "ad", input: {} }, b: { tool: "add", input: { a: "x" } } } };
    const { error, text } = await call(client, "run_workflow", { spec });
    expect(error).toMatchObject({ code: "WORKFLOW_INVALID", retryable: false });
    expect(error?.data?.["problems"]).toMatchObject([{ stepId: "a" }, { stepId: "b", path: "input.a" }]);
    expect(text).toMatch(/^WORKFLOW_INVALID: /);
    expect((await call(client, "list_runs")).value.runs).toEqual([]);
  });
});

describe("check_workflow", () => {
  it("accepts what runs", async () => {
    const { url } = await openGateway();
    const client = await connect(url, "auto");
    const { value } = await call(client, "check_workflow", { spec: pipeline });
    expect(value).toMatchObject({ ok: true, problems: [], preflight: expect.any(Array) });
    expect((await call(client, "list_runs")).value.runs).toEqual([]);
  });

  it("tells every problem instead of failing", async () => {
    const { url } = await openGateway();
    const spec = { steps: { a: { tool: "count_rows", input: { dataset: { $from: "b.train" } } } } };
    const { value, error } = await call(await connect(url, "auto"), "check_workflow", { spec });
    expect(error).toBeUndefined();
    expect(value).toMatchObject({
      ok: false,
      problems: [{ stepId: "a", message: expect.stringContaining("`b`") }],
      preflight: [],
    });
  });

  it("takes a spec that is no workflow at all as a problem too", async () => {
    const { url } = await openGateway();
    const { value } = await call(await connect(url, "auto"), "check_workflow", { spec: { nonsense: 1 } });
    expect(value.ok).toBe(false);
    expect(value.problems.length).toBeGreaterThan(0);
  });
});

describe("what a run leaves behind", () => {
  it("is read as logs, metrics and events, piece by piece", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, "auto");
    const { value } = await call(client, "descend", { steps: 5 });
    const runId: string = value.run_id;
    const events = JSON.parse(JSON.stringify(await finish(gateway, runId))) as RunEvent[];

    const first = await call(client, "get_logs", { run_id: runId, limit: 2 });
    expect(first.value.entries).toMatchObject([
      { stepId: "descend", level: "warning", message: "step 0" },
      { stepId: "descend", level: "info", message: "step 1" },
    ]);
    const rest = await call(client, "get_logs", { run_id: runId, after_seq: first.value.next_seq });
    expect(rest.value.entries.map(({ message }: { message: string }) => message)).toEqual([
      "step 2",
      "step 3",
      "step 4",
    ]);
    expect(rest.value.next_seq).toBe(events.length);
    expect((await call(client, "get_logs", { run_id: runId, step_id: "other" })).value.entries).toEqual([]);

    const metrics = await call(client, "get_metrics", { run_id: runId });
    expect(metrics.value.series).toEqual([
      {
        step_id: "descend",
        name: "loss",
        points: [
          [0, 5],
          [1, 4],
          [2, 3],
          [3, 2],
          [4, 1],
        ],
      },
      {
        step_id: "descend",
        name: "speed",
        points: [
          [0, 2],
          [1, 2],
          [2, 2],
          [3, 2],
          [4, 2],
        ],
      },
    ]);
    expect(metrics.text).toContain("descend loss: 5 at step 0, 1 at step 4, 5 points");
    const thin = await call(client, "get_metrics", { run_id: runId, max_points: 3 });
    expect(thin.value.series[0].points).toEqual([
      [0, 5],
      [2, 3],
      [4, 1],
    ]);

    const page = await call(client, "get_events", { run_id: runId, limit: 3 });
    const next = await call(client, "get_events", { run_id: runId, after_seq: page.value.next_seq });
    expect([...page.value.events, ...next.value.events]).toEqual(events);
    const none = await call(client, "get_events", { run_id: runId, after_seq: next.value.next_seq });
    expect(none.value).toEqual({ events: [], next_seq: events.length });
  });

  it("reads logs beyond one page of the store", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, "auto");
    const { value } = await call(client, "descend", { steps: 1200 });
    await finish(gateway, value.run_id);
    const { value: metrics } = await call(client, "get_metrics", { run_id: value.run_id, max_points: 5000 });
    expect(metrics.series[0].points).toHaveLength(1200);
    const logs = await call(client, "get_logs", { run_id: value.run_id, limit: 1000 });
    const more = await call(client, "get_logs", { run_id: value.run_id, after_seq: logs.value.next_seq });
    expect(logs.value.entries.length + more.value.entries.length).toBe(1200);
  });
});

describe("list_models", () => {
  it("lists the versions of all models, or of one", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, "auto");
    expect(await call(client, "list_models")).toMatchObject({
      value: { models: [] },
      text: "There are no models.",
    });
    for (const name of ["tiny", "small"]) {
      const { value } = await call(client, "keep_model", { name });
      await finish(gateway, value.run_id);
    }
    const { value, text } = await call(client, "list_models");
    expect(value.models).toHaveLength(2);
    expect(text).toContain("tiny v1 latest");
    const one = await call(client, "list_models", { name: "tiny" });
    expect(one.value.models).toMatchObject([
      { name: "tiny", version: 1, aliases: ["latest"], manifest: { metrics: { f1: 0.5 } } },
    ]);
    expect((await call(client, "list_models", { name: "large" })).value.models).toEqual([]);
  });
});

describe("a call that cannot be served", () => {
  it.each(["get_status", "get_result", "get_logs", "get_metrics", "get_events", "cancel_task"])(
    "%s names an unknown run",
    async (tool) => {
      const { url } = await openGateway();
      const { error, text } = await call(await connect(url, "auto"), tool, { run_id: "nope" });
      expect(error).toMatchObject({ code: "RUN_NOT_FOUND", message: expect.stringContaining("`nope`") });
      expect(text).toMatch(/^RUN_NOT_FOUND: /);
    },
  );

  it("says which arguments do not fit", async () => {
    const { url } = await openGateway();
    const client = await connect(url, "auto");
    const { error } = await call(client, "add", { a: "two" });
    expect(error).toMatchObject({ code: "INPUT_INVALID", data: { problems: [{ path: "a" }] } });
    expect((await call(client, "get_status", {})).error?.message).toContain("`run_id`");
    expect((await call(client, "get_status", { run_id: "a", task_id: "b" })).error?.code).toBe(
      "INPUT_INVALID",
    );
    expect((await call(client, "get_logs", { run_id: "a", limit: 5000 })).error?.message).toContain("limit");
    expect((await call(client, "get_status", { run_id: "a", surprise: 1 })).error?.code).toBe(
      "INPUT_INVALID",
    );
  });

  it("refuses an artifact of the wrong kind", async () => {
    const { url } = await openGateway();
    const dataset = { kind: "model", digest: `sha256:${"0".repeat(64)}`, sizeBytes: 1 };
    const { error } = await call(await connect(url, "auto"), "count_rows", { dataset });
    expect(error).toMatchObject({ code: "INPUT_INVALID", message: expect.stringContaining("`dataset`") });
  });

  it("hides the details of an unforeseen failure behind a request id", async () => {
    const seen: [unknown, string][] = [];
    const failure = new Error("cannot open /secret/place");
    const real = await composeGateway();
    const executor: Executor = { ...real.executor, start: () => Promise.reject(failure) };
    const { url } = await openGateway({
      executor,
      onError: (error, requestId) => void seen.push([error, requestId]),
    });
    const { error } = await call(await connect(url, "auto"), "add", { a: 1 });
    expect(error?.code).toBe("INTERNAL");
    expect(JSON.stringify(error)).not.toContain("secret");
    expect(seen).toEqual([[failure, error?.data?.["requestId"]]]);
    expect(error?.message).toContain(seen[0]![1]);
  });
});

describe("createGateway", () => {
  it("refuses a plugin that takes an admin tool's name", async () => {
    const gateway = await composeGateway();
    const tool = { ...gateway.registry.get("add"), name: "get_status" };
    const options = {
      plugins: [{ name: "greedy", tools: [tool] }],
      executor: gateway.executor,
      store: {},
    } as unknown;
    expect(() => createGateway(options as GatewayOptions)).toThrow(
      expect.objectContaining({ code: "TOOL_DUPLICATE", message: expect.stringContaining("get_status") }),
    );
  });

  it.each([{ heartbeatMs: 0 }, { sessions: { max: 0 } }, { sessions: { idleMs: 1e9 } }])(
    "refuses %o",
    async (options) => {
      await expect(composeGateway(options)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    },
  );

  it("cancels what runs when it closes", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, "legacy");
    const { value } = await call(client, "wait");
    await reach(gateway, value.run_id, "step-log");
    const ended = finish(gateway, value.run_id);
    await gateway.close();
    expect((await ended).at(-1)).toMatchObject({ type: "run-end", status: "cancelled" });
  });
});
