import { once } from "node:events";
import { connect as dial } from "node:net";
import { describe, expect, it } from "vitest";
import { finish, openGateway } from "./open-gateway.ts";
import { request } from "./raw-request.ts";

const ROUTES = ["/mcp", "/healthz", "/runs/x/events", "/nowhere"];

describe("guards", () => {
  it.each(ROUTES)("refuse a foreign Host on %s", async (path) => {
    const { url } = await openGateway();
    for (const host of [
      "evil.example",
      "localhost.evil.example",
      "127.0.0.1@evil.example",
      "127.0.0.1:80:80",
      "[::2]",
    ]) {
      const { status } = await request(url, path, { headers: { host } });
      expect([host, status]).toEqual([host, 403]);
    }
  });

  it.each(ROUTES)("refuse a foreign Origin on %s", async (path) => {
    const { url } = await openGateway();
    for (const origin of [
      "https://evil.example",
      "null",
      "http://localhost.evil.example",
      "file://localhost",
      "http://localhost:1@evil.example",
    ]) {
      const { status } = await request(url, path, { headers: { origin } });
      expect([origin, status]).toEqual([origin, 403]);
    }
  });

  it("refuse a request without a Host, as HTTP/1.0 allows", async () => {
    const { url } = await openGateway();
    const socket = dial(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET /healthz HTTP/1.0\r\n\r\n");
    const [head] = (await once(socket, "data")) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 403 /);
  });

  it("let names of this machine pass", async () => {
    const { url } = await openGateway();
    for (const host of ["localhost", "LOCALHOST:1", "127.0.0.1:9999", "[::1]:80"]) {
      const { status } = await request(url, "/healthz", { headers: { host, origin: `http://${host}` } });
      expect([host, status]).toEqual([host, 200]);
    }
  });

  it("say on /mcp what is wrong in JSON-RPC", async () => {
    const { url } = await openGateway();
    const { body } = await request(url, "/mcp", { headers: { origin: "https://evil.example" } });
    expect(JSON.parse(body)).toMatchObject({
      jsonrpc: "2.0",
      id: null,
      error: { message: expect.stringContaining("Origin") },
    });
  });
});

describe("routes", () => {
  it("answer health with version and name", async () => {
    const { url } = await openGateway({ name: "yard" });
    const response = await fetch(new URL("/healthz", url));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      name: "yard",
    });
  });

  it("answer 404 with JSON where nothing is", async () => {
    const { url } = await openGateway();
    for (const path of ["/", "/runs", "/runs/a/b/events", "/runs/%ff/events", "/mcp/x", "//mcp"]) {
      const { status, body } = await request(url, path);
      expect([path, status, JSON.parse(body).error.code]).toEqual([path, 404, "USAGE"]);
    }
  });

  it("answer 405 and the methods there are", async () => {
    const { url } = await openGateway();
    for (const [method, path, allow] of [
      ["PUT", "/mcp", "GET, POST, DELETE"],
      ["POST", "/runs/x/events", "GET"],
      ["DELETE", "/healthz", "GET, HEAD"],
    ] as const) {
      const { status, headers } = await request(url, path, { method });
      expect([path, status, headers.allow]).toEqual([path, 405, allow]);
    }
  });
});

describe("bodies", () => {
  const post = (url: string, body: string, headers: Record<string, string> = {}) =>
    request(url, "/mcp", {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });

  it.each(["text/plain", "application/x-www-form-urlencoded", ""])(
    "refuse content of type `%s`",
    async (type) => {
      const { url } = await openGateway();
      expect((await post(url, "{}", { "content-type": type })).status).toBe(415);
    },
  );

  it("refuse what is larger than 4 MiB, with or without a declared length", async () => {
    const { url } = await openGateway();
    const large = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "ping",
      params: { fill: "x".repeat(4 * 1024 * 1024) },
    });
    for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
      const { status, body } = await post(url, large, headers);
      expect(status).toBe(413);
      expect(JSON.parse(body).error.message).toContain("4194304");
    }
    expect((await request(url, "/healthz")).status).toBe(200);
  });

  it("answer a declared length far beyond the bound without reading", async () => {
    const { url } = await openGateway();
    const socket = dial(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n{",
    );
    const [head] = (await once(socket, "data")) as [Buffer];
    expect(head.toString()).toMatch(/^HTTP\/1.1 413 /);
    await once(socket, "close");
  });

  it.each([
    ["text that is not JSON", "{"],
    ["bytes that are not UTF-8", "\xff\xfe"],
    ["deep nesting", "[".repeat(100_000) + "]".repeat(100_000)],
    ["too many values", `[${"0,".repeat(150_000)}0]`],
    [
      "a __proto__ key",
      `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"__proto__":{"polluted":1}}}`,
    ],
  ])("refuse %s", async (_what, body) => {
    const { url } = await openGateway();
    const { status, body: answer } = await request(url, "/mcp", {
      method: "POST",
      body: Buffer.from(body, "latin1"),
      headers: { "content-type": "application/json" },
    });
    expect(status).toBe(400);
    expect(JSON.parse(answer)).toMatchObject({ jsonrpc: "2.0", error: { data: { code: "INPUT_INVALID" } } });
  });
});

describe("raw JSON-RPC", () => {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const rpc = (url: string, body: object, more: Record<string, string> = {}) =>
    request(url, "/mcp", { method: "POST", body: JSON.stringify(body), headers: { ...headers, ...more } });
  /** The JSON-RPC message in an answer that is JSON, or an SSE stream of one message. */
  const message = (body: string) => JSON.parse(/^data: (.*)$/m.exec(body)?.[1] ?? body);

  it("is served without a session", async () => {
    const { url, gateway } = await openGateway();
    const { status, body } = await rpc(url, {
      jsonrpc: "2.0",
      id: 7,
      method: "tools/call",
      params: { name: "add", arguments: { a: 1 } },
    });
    expect(status).toBe(200);
    const { id, result } = message(body);
    expect(id).toBe(7);
    expect((await finish(gateway, result.structuredContent.run_id)).at(-1)).toMatchObject({
      status: "succeeded",
    });
  });

  it("is served in a session, which ends on DELETE", async () => {
    const { url } = await openGateway();
    const params = {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "raw", version: "1" },
    };
    const opened = await rpc(url, { jsonrpc: "2.0", id: 1, method: "initialize", params });
    const session = { "mcp-session-id": String(opened.headers["mcp-session-id"]) };
    expect(message(opened.body).result).toMatchObject({
      protocolVersion: "2025-06-18",
      serverInfo: { name: "trainyard" },
    });
    const listed = await rpc(url, { jsonrpc: "2.0", id: 2, method: "tools/list" }, session);
    expect(message(listed.body).result.tools).toHaveLength(17);
    expect((await request(url, "/mcp", { method: "DELETE", headers: session })).status).toBe(200);
    expect((await rpc(url, { jsonrpc: "2.0", id: 3, method: "tools/list" }, session)).status).toBe(404);
  });

  it("is served to modern clients without a handshake", async () => {
    const { url } = await openGateway();
    const _meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": {},
      "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
    };
    const { status, body } = await rpc(
      url,
      { jsonrpc: "2.0", id: 1, method: "tools/list", params: { _meta } },
      { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list" },
    );
    expect([status, message(body).result?.resultType]).toEqual([200, "complete"]);
    expect(message(body).result).toMatchObject({ ttlMs: 60_000, cacheScope: "private" });
  });

  it("knows no method that is not there, and no session that was never opened", async () => {
    const { url } = await openGateway();
    const { body } = await rpc(url, { jsonrpc: "2.0", id: 1, method: "tools/destroy" });
    expect(message(body).error.code).toBe(-32_601);
    expect(
      (await rpc(url, { jsonrpc: "2.0", id: 1, method: "tools/list" }, { "mcp-session-id": "made-up" }))
        .status,
    ).toBe(404);
    expect((await request(url, "/mcp", { headers: { accept: "text/event-stream" } })).status).toBe(400);
  });
});
