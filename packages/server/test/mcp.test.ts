import { describe, expect, it } from "vitest";
import { call, connect, finish, openGateway, reach } from "./open-gateway.ts";

describe.each(["auto", "legacy"] as const)("an MCP client in mode %s", (mode) => {
  it("lists registered tools and admin tools with their schemas and ports", async () => {
    const { url } = await openGateway();
    const client = await connect(url, mode);
    const { tools } = await client.listTools();
    expect(tools.map((tool) => tool.name)).toEqual([
      "add",
      "make_data",
      "count_rows",
      "descend",
      "wait",
      "keep_model",
      "list_tools",
      "check_workflow",
      "run_workflow",
      "get_status",
      "get_result",
      "get_logs",
      "get_metrics",
      "get_events",
      "cancel_task",
      "list_runs",
      "list_models",
    ]);
    const count = tools.find((tool) => tool.name === "count_rows")!;
    expect(count).toMatchObject({
      title: "Count rows",
      description: "Counts the rows of a dataset.",
      inputSchema: {
        type: "object",
        required: ["dataset"],
        properties: { dataset: { "x-artifact": "dataset" } },
      },
      outputSchema: { type: "object", required: ["run_id", "task_id", "status", "message"] },
      _meta: {
        "dev.trainyard/output": { properties: { rows: { type: "number" } } },
        "dev.trainyard/inputs": {
          dataset: { kind: "dataset", optional: false, list: false, literal: false },
        },
        "dev.trainyard/outputs": {},
      },
    });
    expect(tools[0]).toMatchObject({ title: "Add numbers", annotations: { readOnlyHint: true } });
    expect(client.getNegotiatedProtocolVersion()).toBe(mode === "auto" ? "2026-07-28" : "2025-11-25");
  });

  it("starts a run by calling a tool and reads its result", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, mode);
    const { value } = await call(client, "add", { a: 2, b: 3 });
    expect(value).toMatchObject({ task_id: value.run_id, status: "running" });
    await finish(gateway, value.run_id);
    const result = await call(client, "get_result", { run_id: value.run_id });
    expect(result.value).toMatchObject({ status: "succeeded", outputs: { add: { sum: 5 } } });
    const status = await call(client, "get_status", { task_id: value.task_id });
    expect(status.value).toMatchObject({
      run: { runId: value.run_id, name: "add", principal: "local", status: "succeeded" },
      steps: [{ stepId: "add", tool: "add", status: "succeeded", outputs: { sum: 5 } }],
    });
    expect(status.text).toBe(`Run ${value.run_id} is succeeded.\n- add (add): succeeded`);
  });

  it("hands an artifact over the wire as JSON", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, mode);
    const made = await call(client, "make_data", { rows: 4 });
    await finish(gateway, made.value.run_id);
    const { value } = await call(client, "get_result", { run_id: made.value.run_id });
    const counted = await call(client, "count_rows", { dataset: value.outputs.make_data.train });
    await finish(gateway, counted.value.run_id);
    const result = await call(client, "get_result", { run_id: counted.value.run_id });
    expect(result.value.outputs).toEqual({ count_rows: { rows: 4 } });
  });

  it("cancels a run and answers after its end", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, mode);
    const { value } = await call(client, "wait");
    await reach(gateway, value.run_id, "step-start");
    const running = await call(client, "get_result", { run_id: value.run_id });
    expect(running.value).toMatchObject({ status: "running", outputs: {} });
    expect(running.text).toContain("still running: 0 of 1 steps have ended");
    const cancelled = await call(client, "cancel_task", { task_id: value.task_id, reason: "enough" });
    expect(cancelled.value).toEqual({ run_id: value.run_id, status: "cancelled" });
    const { value: events } = await call(client, "get_events", { run_id: value.run_id });
    expect(events.events).toContainEqual(expect.objectContaining({ type: "run-cancel", reason: "enough" }));
    expect((await call(client, "cancel_task", { run_id: value.run_id })).value.status).toBe("cancelled");
  });

  it("answers an unknown tool with a protocol error", async () => {
    const { url } = await openGateway();
    const client = await connect(url, mode);
    await expect(client.callTool({ name: "nope", arguments: {} })).rejects.toMatchObject({
      code: -32_602,
      message: expect.stringContaining("Tool nope not found"),
    });
  });

  it("reads runs and models as resources", async () => {
    const { url, gateway } = await openGateway();
    const client = await connect(url, mode);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      "trainyard://runs/{id}",
      "trainyard://models/{name}",
    ]);
    const { value } = await call(client, "add", { a: 1 });
    await finish(gateway, value.run_id);
    const { contents } = await client.readResource({ uri: `trainyard://runs/${value.run_id}` });
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({
      run: { status: "succeeded" },
      steps: [{ stepId: "add" }],
    });
    const kept = await call(client, "keep_model", { name: "org/tiny" });
    await finish(gateway, kept.value.run_id);
    const models = await client.readResource({ uri: "trainyard://models/org%2Ftiny" });
    expect(JSON.parse((models.contents[0] as { text: string }).text)).toMatchObject({
      models: [{ name: "org/tiny", version: 1 }],
    });
    await expect(client.readResource({ uri: "trainyard://models/none" })).rejects.toMatchObject({
      code: -32_602,
    });
  });
});
