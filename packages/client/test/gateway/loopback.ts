import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunEvent, RunEventBody } from "@trainyard/core";

/** A server of its own on a free port, to stand in for a gateway that misbehaves. */
export interface Loopback extends AsyncDisposable {
  readonly url: string;
  /** Requests in the order in which they came. */
  readonly requests: readonly IncomingMessage[];
}

/** Serves until disposed; `handle` gets each request with its number, from 1. */
export async function loopback(
  handle: (req: IncomingMessage, res: ServerResponse, number: number) => void,
): Promise<Loopback> {
  const requests: IncomingMessage[] = [];
  const server = createServer((req, res) => handle(req, res, requests.push(req)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const spec = { name: "w", steps: { a: { tool: "t", input: {}, needs: [] } } };

/** The log of a run of `steps` + 2 events. */
export function runLog(steps: number, runId = "r1"): readonly RunEvent[] {
  const bodies: RunEventBody[] = [
    { type: "run-start", spec, principal: "local" },
    ...Array.from({ length: steps }, (_, index): RunEventBody => ({
      type: "step-log",
      stepId: "a",
      level: "info",
      message: `line ${index}\n\u2028 ü`,
    })),
    { type: "run-end", status: "succeeded" },
  ];
  return bodies.map((body, index) => ({ ...body, runId, seq: index + 1, at: 1000 + index }));
}

/** An event as it stands in a stream. */
export function frame(event: { readonly seq: number; readonly type: string }): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Begins an event stream. */
export function startStream(res: ServerResponse): ServerResponse {
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.flushHeaders();
  return res;
}

/** The number of the last event the client has seen. */
export function lastSeen(req: IncomingMessage): number {
  return Number(req.headers["last-event-id"] ?? 0);
}

/** Reads a stream to its end. */
export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
