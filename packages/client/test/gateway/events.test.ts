import type { ServerResponse } from "node:http";
import { TrainyardError } from "@trainyard/core";
import { afterEach, describe, expect, it } from "vitest";
import { createClient, type TrainyardClient } from "../../src/index.ts";
import { collect, frame, lastSeen, loopback, type Loopback, runLog, startStream } from "./loopback.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one[Symbol.asyncDispose]()));
});

async function serve(...given: Parameters<typeof loopback>): Promise<Loopback> {
  const server = await loopback(...given);
  open.push(server);
  return server;
}

function connect(
  server: Loopback,
  options: { readonly idleTimeoutMs?: number; readonly maxReconnects?: number } = {},
): TrainyardClient {
  const client = createClient({ url: server.url, ...options });
  open.push({ [Symbol.asyncDispose]: () => client.close() });
  return client;
}

/** Sends the events behind the last one the client has seen, at most `count`, then what `end` does. */
function send(
  res: ServerResponse,
  seen: number,
  count: number,
  end: (res: ServerResponse) => void = (one) => one.end(),
): void {
  startStream(res);
  const part = log
    .slice(seen, seen + count)
    .map(frame)
    .join("");
  res.write(part, () => end(res));
}

const log = runLog(10);

describe("events of a run", () => {
  it("come once each and in order over connections that drop in the middle", async () => {
    const server = await serve((req, res, number) =>
      send(res, lastSeen(req), 5, number % 2 ? (one) => one.destroy() : undefined),
    );
    expect(await collect(connect(server).events("r1"))).toEqual(log);
    expect(server.requests.map(lastSeen)).toEqual([0, 5, 10]);
    expect(server.requests[0]!.url).toBe("/runs/r1/events");
  });

  it("are not lost when a connection drops in the middle of an event", async () => {
    const server = await serve((req, res, number) => {
      if (number > 1) return send(res, lastSeen(req), 100);
      startStream(res).write(frame(log[0]!) + frame(log[1]!).slice(0, 30), () => res.destroy());
    });
    expect(await collect(connect(server).events("r1"))).toEqual(log);
    expect(server.requests.map(lastSeen)).toEqual([0, 1]);
  });

  it("are put together from chunks that split characters", async () => {
    const bytes = Buffer.from(log.map(frame).join(""));
    const server = await serve((_req, res) => {
      startStream(res);
      for (const byte of bytes) res.write(Uint8Array.of(byte));
      res.end();
    });
    expect(await collect(connect(server).events("r1"))).toEqual(log);
  });

  it("are not repeated by a server that begins again from the start", async () => {
    const server = await serve((_req, res, number) => send(res, 0, number === 1 ? 4 : 100));
    expect(await collect(connect(server).events("r1"))).toEqual(log);
  });

  it("begin behind `afterSeq`", async () => {
    const server = await serve((req, res) => send(res, lastSeen(req), 100));
    expect(await collect(connect(server).events("r1", { afterSeq: 7 }))).toEqual(log.slice(7));
  });

  it.each([
    ["a gap", frame(log[3]!)],
    ["no JSON", "data: {\n\n"],
    ["an event without its fields", `data: {"type":"run-end","runId":"r1","seq":2,"at":1}\n\n`],
    ["an event of another run", frame(runLog(1, "r2")[1]!)],
    ["null", "data: null\n\n"],
    ["a sequence number that is none", frame({ ...log[1]!, seq: "2" as never })],
  ])("are asked for again after %s", async (_name, wrong) => {
    const server = await serve((req, res, number) => {
      if (number > 1) return send(res, lastSeen(req), 100);
      startStream(res).end(frame(log[0]!) + wrong);
    });
    expect(await collect(connect(server).events("r1"))).toEqual(log);
    expect(lastSeen(server.requests[1]!)).toBe(1);
  });

  it("pass over comments, and over types that came later than this client", async () => {
    const later = { ...log[1]!, type: "step-dance" };
    const server = await serve(
      (_req, res) =>
        void startStream(res).end(
          `:\n\n${frame(log[0]!)}:\n\n${frame(later)}${log.slice(2).map(frame).join("")}`,
        ),
    );
    expect(await collect(connect(server).events("r1"))).toEqual([log[0], ...log.slice(2)]);
    expect(server.requests).toHaveLength(1);
  });

  it("end at once when there is nothing more", async () => {
    const server = await serve((_req, res) => void res.writeHead(204).end());
    expect(await collect(connect(server).events("r1", { afterSeq: 12 }))).toEqual([]);
  });

  it("survive errors of the server that pass", async () => {
    const server = await serve((req, res, number) =>
      number < 3 ? void res.writeHead(503).end("busy") : send(res, lastSeen(req), 100),
    );
    expect(await collect(connect(server).events("r1"))).toEqual(log);
    expect(server.requests).toHaveLength(3);
  });

  it("survive a server that falls silent", async () => {
    const server = await serve((req, res, number) =>
      send(res, lastSeen(req), number === 1 ? 3 : 100, number === 1 ? () => undefined : undefined),
    );
    expect(await collect(connect(server, { idleTimeoutMs: 100 }).events("r1"))).toEqual(log);
    expect(lastSeen(server.requests[1]!)).toBe(3);
  });

  it("survive a server that never answers", async () => {
    const server = await serve((req, res, number) =>
      number === 1 ? undefined : send(res, lastSeen(req), 100),
    );
    expect(await collect(connect(server, { idleTimeoutMs: 100 }).events("r1"))).toEqual(log);
  });

  it("are given up after too many attempts that brought nothing", async () => {
    const server = await serve((_req, res) => void res.writeHead(500).end());
    const failed = collect(connect(server, { maxReconnects: 2 }).events("r1"));
    await expect(failed).rejects.toMatchObject({
      code: "GATEWAY_UNREACHABLE",
      message: expect.stringMatching(/HTTP 500.*2 times/),
    });
    expect(server.requests).toHaveLength(2);
  });

  it("count attempts from the last event on", async () => {
    const server = await serve((req, res) => send(res, lastSeen(req), 1));
    expect(await collect(connect(server, { maxReconnects: 2 }).events("r1"))).toEqual(log);
    expect(server.requests).toHaveLength(log.length);
  });

  it("fail with what the gateway says about the run", async () => {
    const server = await serve(
      (_req, res) =>
        void res.writeHead(404, { "content-type": "application/json" }).end(
          JSON.stringify({
            error: { code: "RUN_NOT_FOUND", message: "There is no run `r1`.", retryable: false },
          }),
        ),
    );
    await expect(collect(connect(server).events("r1"))).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [401, "text/plain", "GATEWAY_UNREACHABLE", /token/],
    [404, "text/html", "GATEWAY_UNREACHABLE", /HTTP 404/],
    [200, "text/html", "INTERNAL", /no event stream/],
  ])("fail without another attempt on status %i with %s", async (status, type, code, message) => {
    const server = await serve(
      (_req, res) => void res.writeHead(status, { "content-type": type }).end("<html>"),
    );
    await expect(collect(connect(server).events("r1"))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(server.requests).toHaveLength(1);
  });

  it("end quietly when told to, even while nothing comes", async () => {
    const stop = new AbortController();
    const server = await serve((req, res) => send(res, lastSeen(req), 2, () => undefined));
    const seen = [];
    for await (const event of connect(server).events("r1", { signal: stop.signal })) {
      seen.push(event);
      if (seen.length === 2) stop.abort();
    }
    expect(seen).toEqual(log.slice(0, 2));
  });

  it("end when the client closes", async () => {
    const server = await serve((req, res) => send(res, lastSeen(req), 1, () => undefined));
    const client = connect(server);
    const events = client.events("r1")[Symbol.asyncIterator]();
    expect((await events.next()).value).toEqual(log[0]);
    const next = events.next();
    await client.close();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it("drop the connection when the reader stops reading", async () => {
    const gone = Promise.withResolvers<void>();
    const server = await serve((req, res) => {
      res.once("close", () => gone.resolve());
      send(res, lastSeen(req), 3, () => undefined);
    });
    for await (const event of connect(server).events("r1")) if (event.seq === 2) break;
    await gone.promise;
  });

  it("name the address and what to do when nothing listens", async () => {
    const server = await loopback(() => undefined);
    await server[Symbol.asyncDispose]();
    const failed: unknown = await collect(connect(server, { maxReconnects: 2 }).events("r1")).catch(
      (error: unknown) => error,
    );
    expect(TrainyardError.is(failed) && failed.code).toBe("GATEWAY_UNREACHABLE");
    expect(String(failed)).toContain(server.url);
    expect(String(failed)).toMatch(/ECONNREFUSED.*mcp-server/);
  });

  it("keep a run's id inside its path", async () => {
    const server = await serve((_req, res) => void res.writeHead(204).end());
    await collect(connect(server).events("../../admin?x=1"));
    expect(server.requests[0]!.url).toBe("/runs/..%2F..%2Fadmin%3Fx%3D1/events");
  });
});
