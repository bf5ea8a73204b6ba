import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { createClient, embeddedPlanner, type TrainyardClient } from "../../src/index.ts";
import { loopback, type Loopback } from "./loopback.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one[Symbol.asyncDispose]()));
});

type Call = { readonly name: string; readonly arguments: Record<string, unknown> };

async function body(
  req: IncomingMessage,
): Promise<{ id?: number; method: string; params?: Call & { protocolVersion?: string } }> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as never;
}

/** A server of the 2025 protocol whose tools answer whatever `answer` gives. */
async function serveTools(answer: (call: Call, res: ServerResponse) => unknown): Promise<Loopback> {
  const server = await loopback((req, res) => {
    if (req.method !== "POST") return void res.writeHead(405).end();
    void body(req).then(({ id, method, params }) => {
      const reply = (message: object) =>
        res
          .writeHead(200, { "content-type": "application/json" })
          .end(JSON.stringify({ jsonrpc: "2.0", id, ...message }));
      if (method === "initialize") {
        return reply({
          result: {
            protocolVersion: params!.protocolVersion,
            capabilities: { tools: {} },
            serverInfo: { name: "odd", version: "1" },
          },
        });
      }
      if (id === undefined) return res.writeHead(202).end();
      if (method !== "tools/call") return reply({ error: { code: -32_601, message: "Method not found" } });
      const result = answer(params!, res);
      return result === undefined ? undefined : reply({ result });
    });
  });
  open.push(server);
  return server;
}

function connect(
  url: string,
  options: { readonly timeoutMs?: number; readonly token?: string; readonly signal?: AbortSignal } = {},
): TrainyardClient {
  const client = createClient({ url, ...options });
  open.push({ [Symbol.asyncDispose]: () => client.close() });
  return client;
}

const structured = (structuredContent: unknown) => ({ content: [], structuredContent });

describe("calls", () => {
  it("carry their arguments, and leave out what is not given", async () => {
    const calls: Call[] = [];
    const server = await serveTools((call) => {
      calls.push(call);
      return structured({
        run_id: "r1",
        task_id: "r1",
        status: "running",
        steps: ["a"],
        entries: [],
        next_seq: 4,
        series: [],
      });
    });
    const client = connect(server.url);
    const spec = { steps: { a: { tool: "evaluate" } } };
    expect(await client.runWorkflow(spec, { goal: "g".repeat(20_000) })).toEqual({
      runId: "r1",
      taskId: "r1",
      status: "running",
      steps: ["a"],
    });
    expect(await client.logs("r1", { stepId: "a", afterSeq: 3 })).toEqual({ entries: [], nextSeq: 4 });
    expect(await client.metrics("r1")).toEqual([]);
    expect(await client.cancel("r1", "why")).toEqual({ runId: "r1", status: "running" });
    expect(calls.map(({ name, arguments: args }) => [name, args])).toEqual([
      ["run_workflow", { spec, goal: "g".repeat(10_000) }],
      ["get_logs", { run_id: "r1", step_id: "a", after_seq: 3 }],
      ["get_metrics", { run_id: "r1" }],
      ["cancel_task", { run_id: "r1", reason: "why" }],
    ]);
  });

  it("throw the error that the gateway carries", async () => {
    const error = {
      code: "WORKFLOW_INVALID",
      message: "The workflow cannot run.",
      retryable: false,
      data: { problems: [{ message: "p" }] },
    };
    const server = await serveTools(() => ({
      isError: true,
      content: [{ type: "text", text: "x" }],
      _meta: { "dev.trainyard/error": error },
    }));
    await expect(connect(server.url).runWorkflow({ steps: { a: { tool: "t" } } })).rejects.toMatchObject({
      name: "TrainyardError",
      ...error,
    });
  });

  it.each([
    ["no record", { isError: true, content: [{ type: "text", text: "broken" }] }, "TOOL_FAILED", /broken/],
    [
      "a record that is none",
      { isError: true, content: [], _meta: { "dev.trainyard/error": { code: 7 } } },
      "TOOL_FAILED",
      /without saying why/,
    ],
    [
      "a hostile record",
      {
        isError: true,
        content: [],
        _meta: { "dev.trainyard/error": JSON.parse('{"__proto__":{"x":1},"code":"<script>"}') },
      },
      "TOOL_FAILED",
      /without saying why/,
    ],
  ])("throw TOOL_FAILED for a failure with %s", async (_name, result, code, message) => {
    const server = await serveTools(() => result);
    await expect(connect(server.url).callTool("x")).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ["nothing", { content: [] }],
    ["a list", structured({ runs: "no" })],
    ["records without their fields", structured({ runs: [{ runId: 1 }] })],
    ["null", structured({ runs: [null] })],
  ])("say so when the answer is %s", async (_name, result) => {
    const server = await serveTools(() => result);
    await expect(connect(server.url).runs()).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringMatching(/sent .*gateway of the same version/),
    });
  });

  it("survive a catalog nested two thousand deep", async () => {
    const deep: unknown = JSON.parse(`${"[".repeat(2000)}${"]".repeat(2000)}`);
    const tool = {
      name: "t",
      description: "",
      inputSchema: { properties: { x: { default: deep } } },
      outputSchema: {},
      inputs: {},
      outputs: {},
    };
    const server = await serveTools(() =>
      structured({ tools: [tool], recipes: [{ name: "r", tool: "t", when: { x: deep } }] }),
    );
    const catalog = await connect(server.url).catalog();
    expect(await embeddedPlanner().plan({ goal: "t", catalog })).toMatchObject({
      spec: { steps: { t: { tool: "t" } } },
    });
  });

  it("reach any tool of any server", async () => {
    const server = await serveTools((call) => ({
      content: [
        { type: "text", text: "a" },
        { type: "image", data: "", mimeType: "image/png" },
        { type: "text", text: "b" },
      ],
      structuredContent: call.arguments,
    }));
    expect(await connect(server.url).callTool("anything", { n: 1 })).toEqual({
      text: "a\nb",
      value: { n: 1 },
    });
  });

  it("send the token", async () => {
    const server = await serveTools(() => structured({ runs: [] }));
    await connect(server.url, { token: "secret" }).runs();
    expect(server.requests.map((request) => request.headers.authorization)).toEqual(
      server.requests.map(() => "Bearer secret"),
    );
  });
});

describe("a gateway that cannot be used", () => {
  it("that is not there is named with what to do", async () => {
    const server = await loopback(() => undefined);
    await server[Symbol.asyncDispose]();
    await expect(connect(server.url).catalog()).rejects.toMatchObject({
      code: "GATEWAY_UNREACHABLE",
      message: expect.stringContaining(`${server.url}/mcp`),
      data: { url: `${server.url}/mcp` },
    });
    await expect(connect(server.url).catalog()).rejects.toThrow(/mcp-server/);
  });

  it("that comes up later is reached by the next call", async () => {
    let up = false;
    const server = await serveTools(() => structured({ runs: [] }));
    const client = createClient({
      url: server.url,
      fetch: (input, init) =>
        up
          ? fetch(input, init)
          : Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } })),
    });
    open.push({ [Symbol.asyncDispose]: () => client.close() });
    await expect(client.runs()).rejects.toMatchObject({ code: "GATEWAY_UNREACHABLE", retryable: true });
    up = true;
    expect(await client.runs()).toEqual([]);
  });

  it.each([
    [500, "GATEWAY_UNREACHABLE"],
    [401, "GATEWAY_UNREACHABLE"],
  ])("that answers %i to everything gives %s", async (status, code) => {
    const server = await loopback((_req, res) => void res.writeHead(status).end("no"));
    open.push(server);
    await expect(connect(server.url).catalog()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(String(status)),
    });
  });

  it("that serves web pages gives an error of ours", async () => {
    const server = await loopback(
      (_req, res) => void res.writeHead(200, { "content-type": "text/html" }).end("<html></html>"),
    );
    open.push(server);
    await expect(connect(server.url).catalog()).rejects.toMatchObject({
      name: "TrainyardError",
      code: expect.stringMatching(/INTERNAL|GATEWAY_UNREACHABLE/),
    });
  });

  it("that never answers runs into the limit", async () => {
    const server = await loopback(() => undefined);
    open.push(server);
    await expect(connect(server.url, { timeoutMs: 200 }).catalog()).rejects.toMatchObject({
      code: "TIMEOUT",
      message: expect.stringContaining(server.url),
    });
  });

  it("whose tool never answers runs into the limit", async () => {
    const server = await serveTools(() => undefined);
    await expect(connect(server.url, { timeoutMs: 300 }).runs()).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("is not waited for after the signal aborts", async () => {
    const stop = new AbortController();
    const server = await serveTools(() => {
      stop.abort();
      return undefined;
    });
    await expect(connect(server.url, { signal: stop.signal }).runs()).rejects.toMatchObject({
      code: "CANCELLED",
    });
  });

  it("is not called by a client that is closed", async () => {
    const server = await serveTools(() => structured({ runs: [] }));
    const client = connect(server.url);
    await client.runs();
    await client.close();
    await client.close();
    await expect(client.runs()).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

describe("options", () => {
  it.each(["", "nonsense", "ftp://x", "file:///etc/passwd"])("refuse the address %j", (url) => {
    expect(() => createClient({ url })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it.each([0, -1, 1.5, Number.NaN, 4_000_000])("refuse the limit %d", (timeoutMs) => {
    expect(() => createClient({ url: "http://127.0.0.1:1", timeoutMs })).toThrow(/timeoutMs/);
  });
});
