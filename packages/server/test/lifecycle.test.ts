import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { call, composeGateway, connect, openGateway } from "./open-gateway.ts";
import { request } from "./raw-request.ts";

const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };

describe("listen", () => {
  it("names a port that is taken and what to do", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const gateway = await composeGateway();
    await expect(gateway.listen({ port })).rejects.toMatchObject({
      code: "PORT_IN_USE",
      message: expect.stringContaining(`Port ${port} on 127.0.0.1`),
      data: { host: "127.0.0.1", port },
    });
  });

  it("refuses a host that others can reach, and what is no port", async () => {
    const gateway = await composeGateway();
    for (const host of ["0.0.0.0", "::", "192.0.2.1", "gateway.example"]) {
      await expect(gateway.listen({ host })).rejects.toMatchObject({
        code: "CONFIG_INVALID",
        message: expect.stringContaining("no authentication yet"),
      });
    }
    for (const port of [-1, 65_536, 1.5])
      await expect(gateway.listen({ port })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("listens on localhost by name and stops alone", async () => {
    const gateway = await composeGateway();
    const listener = await gateway.listen({ host: "localhost" });
    expect(listener.url).toMatch(new RegExp(`^http://(127\\.0\\.0\\.1|\\[::1\\]):${listener.port}$`));
    expect((await fetch(new URL("/healthz", listener.url))).status).toBe(200);
    await listener.close();
    await expect(fetch(new URL("/healthz", listener.url))).rejects.toThrow();
    const { runId } = await gateway.executor.start({ steps: { add: { tool: "add", input: { a: 1 } } } });
    expect(runId).toBeTruthy();
  });
});

describe("sessions of older clients", () => {
  const open = async (url: string) => {
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "raw", version: "1" },
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params });
    return request(url, "/mcp", { method: "POST", headers, body });
  };
  const list = (url: string, session: unknown) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/list" });
    return request(url, "/mcp", {
      method: "POST",
      headers: { ...headers, "mcp-session-id": String(session) },
      body,
    });
  };

  it("make room by ending the longest idle one", async () => {
    const { url } = await openGateway({ sessions: { max: 2 } });
    const opened = [await open(url), await open(url), await open(url)].map(
      (answer) => answer.headers["mcp-session-id"],
    );
    const statuses = [];
    for (const session of opened) statuses.push((await list(url, session)).status);
    expect(statuses).toEqual([404, 200, 200]);
  });

  it("never outnumber their bound, even when opened at once", async () => {
    const { url } = await openGateway({ sessions: { max: 2 } });
    const opened = await Promise.all(Array.from({ length: 8 }, () => open(url)));
    const sessions = opened.flatMap(({ headers: { "mcp-session-id": id } }) =>
      id === undefined ? [] : [id],
    );
    const statuses = await Promise.all(sessions.map(async (session) => (await list(url, session)).status));
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(2);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(0);
  });

  it("are refused while all are in use", async () => {
    const { url } = await openGateway({ sessions: { max: 1 } });
    const client = await connect(url, "legacy");
    await openStandaloneStream(url, String(client.transport?.sessionId));
    const refused = await open(url);
    expect([refused.status, refused.headers["mcp-session-id"]]).toEqual([503, undefined]);
    expect((await call(client, "list_runs")).value).toEqual({ runs: [] });
  });

  it("end when nobody uses them", async () => {
    const { url } = await openGateway({ sessions: { idleMs: 20 } });
    const session = (await open(url)).headers["mcp-session-id"];
    const idle = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return (await list(url, session)).status;
    };
    await expect.poll(idle, { timeout: 10_000, interval: 1 }).toBe(404);
  });
});

/** Holds the session's own stream open, if the client has not done so already. */
async function openStandaloneStream(url: string, session: string): Promise<void> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const response = await fetch(new URL("/mcp", url), {
    headers: { accept: "text/event-stream", "mcp-session-id": session },
    signal: stop.signal,
  });
  expect([200, 409]).toContain(response.status);
}

describe("close", () => {
  it("ends open streams and sessions and lets the process end by itself", async () => {
    const script = fileURLToPath(new URL("./fixtures/close-with-streams.ts", import.meta.url));
    const child = spawn(process.execPath, ["--conditions=@trainyard/source", script], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (chunk) => (output += String(chunk)));
    const [code] = (await once(child, "close")) as [number | null];
    const report = /\{.*\}/.exec(output)?.[0] ?? output;
    expect([code, JSON.parse(report)]).toEqual([
      0,
      { eventsEnded: true, streamEnded: true, closedInTime: true, leftOver: [] },
    ]);
  });

  it("is idempotent", async () => {
    const { gateway } = await openGateway();
    await Promise.all([gateway.close(), gateway.close()]);
    await gateway.close();
    await expect(gateway.listen()).rejects.toMatchObject({ code: "USAGE" });
  });
});
