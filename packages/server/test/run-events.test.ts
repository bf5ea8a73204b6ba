import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect as dial, type Socket } from "node:net";
import type { Executor, RunEvent } from "@trainyard/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { composeGateway, finish, openGateway, reach } from "./open-gateway.ts";
import { request } from "./raw-request.ts";

const descend = { steps: { descend: { tool: "descend", input: { steps: 3 } } } };
const wait = { steps: { wait: { tool: "wait" } } };

/** The frames of an SSE body, comments left out. */
function framesOf(body: string): { id: string; event: string; data: unknown }[] {
  return body
    .split("\n\n")
    .filter((frame) => frame !== "" && !frame.startsWith(":"))
    .map((frame) => Object.fromEntries(frame.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2))))
    .map(({ id, event, data }) => ({ id, event, data: JSON.parse(data) }));
}

const plain = (events: readonly RunEvent[]): unknown => JSON.parse(JSON.stringify(events));

describe("GET /runs/{id}/events", () => {
  it("streams every event as SSE and ends with the run", async () => {
    const { url, gateway } = await openGateway();
    const { runId } = await gateway.executor.start(descend);
    const { status, headers, body } = await request(url, `/runs/${runId}/events`);
    expect([status, headers["content-type"]]).toEqual([200, "text/event-stream"]);
    const events = await finish(gateway, runId);
    const frames = framesOf(body);
    expect(frames.map(({ data }) => data)).toEqual(plain(events));
    expect(frames.map(({ id }) => Number(id))).toEqual(events.map(({ seq }) => seq));
    expect(frames.map(({ event }) => event)).toEqual(events.map(({ type }) => type));
    expect(frames.at(-1)?.event).toBe("run-end");
  });

  it("resumes after Last-Event-ID, which wins over `after`", async () => {
    const { url, gateway } = await openGateway();
    const { runId, done } = await gateway.executor.start(descend);
    const { lastSeq } = await done;
    const path = `/runs/${runId}/events?after=2`;
    const fromQuery = await request(url, path);
    expect(framesOf(fromQuery.body)[0]?.id).toBe("3");
    const fromHeader = await request(url, path, { headers: { "last-event-id": String(lastSeq - 1) } });
    expect(framesOf(fromHeader.body)).toMatchObject([{ id: String(lastSeq), event: "run-end" }]);
  });

  it("answers 204 once the end has been seen, so that an EventSource stops", async () => {
    const { url, gateway } = await openGateway();
    const { runId, done } = await gateway.executor.start(descend);
    const { lastSeq } = await done;
    expect(
      (await request(url, `/runs/${runId}/events`, { headers: { "last-event-id": String(lastSeq) } })).status,
    ).toBe(204);
  });

  it("says that a run is unknown, or a position is none", async () => {
    const { url, gateway } = await openGateway();
    const unknown = await request(url, "/runs/nope/events");
    expect([unknown.status, JSON.parse(unknown.body).error]).toMatchObject([404, { code: "RUN_NOT_FOUND" }]);
    const { runId, done } = await gateway.executor.start(descend);
    await done;
    for (const after of ["-1", "x", "1e3", "9".repeat(20)]) {
      const { status, body } = await request(url, `/runs/${runId}/events?after=${after}`);
      expect([after, status, JSON.parse(body).error.code]).toEqual([after, 400, "INPUT_INVALID"]);
    }
  });

  it("sends events as they happen, and heartbeats while nothing does", async () => {
    const { url, gateway } = await openGateway({ heartbeatMs: 5 });
    const { runId } = await gateway.executor.start(wait);
    const stream = await openStream(url, runId);
    await stream.until(/event: step-log/);
    await stream.until(/\n:\n\n:\n\n/);
    expect(stream.text()).not.toContain("run-end");
    await gateway.executor.cancel(runId, "enough");
    await stream.until(/event: run-end/);
  });

  it("lets go of the run when the client hangs up", async () => {
    const { gateway, url, watchers } = await watchedGateway();
    const { runId } = await gateway.executor.start(wait);
    const stream = await openStream(url, runId);
    await stream.until(/event: step-log/);
    expect(watchers.open).toBe(1);
    stream.socket.destroy();
    await watchers.allGone();
    expect(watchers.open).toBe(0);
  });

  it("reads no further than a slow client takes", async () => {
    const big = "x".repeat(64 * 1024);
    const produced = { count: 0 };
    const { runId, url } = await endlessRun(produced, big);
    const stream = await openStream(url, runId);
    await stream.until(/id: 1\n/);
    stream.socket.pause();
    const stalled = await settle(() => produced.count);
    expect(stalled).toBeLessThan(1000);
    stream.socket.resume();
    await stream.until(new RegExp(`id: ${stalled + 20}\n`));
  });
});

describe("a gateway mounted in an existing app", () => {
  it("serves its own routes and leaves all others alone", async () => {
    const gateway = await composeGateway();
    const app = createServer((req, res) => {
      void gateway.handler(req, res).then((own) => own || res.end(`app: ${req.url}`));
    });
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
    onTestFinished(() => void app.close());
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
    expect((await request(url, "/hello")).body).toBe("app: /hello");
    expect((await request(url, "/hello", { headers: { host: "app.example" } })).body).toBe("app: /hello");
    expect((await request(url, "/healthz")).status).toBe(200);
    expect((await request(url, "/healthz", { headers: { host: "app.example" } })).status).toBe(403);
    const { runId } = await gateway.executor.start(descend);
    expect(framesOf((await request(url, `/runs/${runId}/events`)).body).at(-1)?.event).toBe("run-end");
    await gateway.close();
    expect((await request(url, "/healthz")).status).toBe(503);
    expect((await request(url, "/hello")).status).toBe(200);
  });

  it("takes a body that the app has parsed", async () => {
    const gateway = await composeGateway();
    const app = createServer((req, res) => {
      void (async () => {
        let text = "";
        for await (const chunk of req) text += String(chunk);
        await gateway.handler(Object.assign(req, { body: JSON.parse(text) }), res);
      })();
    });
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
    onTestFinished(() => void app.close());
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    const url = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
    const answer = await request(url, "/mcp", { method: "POST", headers, body });
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining("count_rows")]);
  });
});

async function openStream(url: string, runId: string) {
  const socket: Socket = dial(Number(new URL(url).port), "127.0.0.1").setEncoding("utf8");
  let text = "";
  socket.on("data", (chunk) => (text += String(chunk)));
  socket.write(`GET /runs/${runId}/events HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  onTestFinished(() => void socket.destroy());
  return {
    socket,
    text: () => text,
    async until(pattern: RegExp) {
      // Chunk sizes of the transfer encoding stand between frames.
      while (!pattern.test(text.replaceAll(/\r\n[0-9a-f]+\r\n/g, ""))) await once(socket, "data");
    },
  };
}

async function watchedGateway() {
  const real = await composeGateway();
  const gone = Promise.withResolvers<void>();
  const watchers = { open: 0, allGone: () => gone.promise };
  const executor: Executor = {
    ...real.executor,
    async *watch(runId, options) {
      watchers.open += 1;
      try {
        yield* real.executor.watch(runId, options);
      } finally {
        watchers.open -= 1;
        gone.resolve();
      }
    },
  };
  return { ...(await sharing(real, executor)), watchers };
}

async function endlessRun(produced: { count: number }, message: string) {
  const real = await composeGateway();
  const { runId } = await real.executor.start(wait);
  await reach(real, runId, "step-log");
  const executor: Executor = {
    ...real.executor,
    async *watch(_runId, options) {
      while (!options?.signal?.aborted) {
        produced.count += 1;
        yield { type: "step-log", stepId: "wait", level: "info", message, runId, seq: produced.count, at: 0 };
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
  return { runId, ...(await sharing(real, executor)) };
}

/** A second gateway over the stores of `real`, with an executor that is watched. */
async function sharing(real: Awaited<ReturnType<typeof composeGateway>>, executor: Executor) {
  const { gateway, url } = await openGateway({ executor, store: real.store });
  return { gateway, url };
}

/** Waits until a number has stood still for a while and gives it. */
async function settle(read: () => number): Promise<number> {
  for (let before = -1, now = read(); ; before = now, now = read()) {
    if (before === now) return now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
