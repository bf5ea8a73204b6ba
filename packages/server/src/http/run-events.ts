import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RunEvent, RunRecord } from "@trainyard/core";
import type { Services } from "../services.ts";
import { type HttpProblem, problem, sendProblem } from "./reply.ts";

/** What a run's event stream is served from. */
export interface RunEventsContext {
  readonly services: Services;
  /** Aborts when the gateway closes. */
  readonly closing: AbortSignal;
  readonly heartbeatMs: number;
  /** Hears of a stream that broke after its headers were sent. */
  onFailure(error: unknown): void;
}

/**
 * Streams a run's events as SSE, from `Last-Event-ID` or `?after=` on, until the run ends. A client that has seen the
 * end already gets 204, which tells an EventSource to stop reconnecting.
 */
export async function serveRunEvents(
  context: RunEventsContext,
  runId: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const run = await context.services.runs.run(runId);
  if (!run) return sendProblem(res, problem(404, "RUN_NOT_FOUND", `There is no run \`${runId}\`.`));
  const afterSeq = requestedSeq(req);
  if (typeof afterSeq !== "number") return sendProblem(res, afterSeq);
  if (hasNothingMore(run, afterSeq)) return void res.writeHead(204).end();
  await stream(context, runId, afterSeq, res);
}

function requestedSeq(req: IncomingMessage): number | HttpProblem {
  const header = req.headers["last-event-id"];
  const text = header
    ? String(header)
    : (new URL(req.url ?? "/", "http://localhost").searchParams.get("after") ?? "0");
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return problem(400, "INPUT_INVALID", "`Last-Event-ID` and `after` must be the number of an event, from 0.");
}

function hasNothingMore(run: RunRecord, afterSeq: number): boolean {
  return run.endedAt !== undefined && afterSeq >= run.lastSeq;
}

async function stream(
  context: RunEventsContext,
  runId: string,
  afterSeq: number,
  res: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, context.closing]);
  res.once("close", () => gone.abort());
  if (res.destroyed) gone.abort();
  res.writeHead(200, SSE_HEADERS);
  res.flushHeaders();
  const heartbeat = setInterval(() => beat(res), context.heartbeatMs);
  try {
    for await (const event of context.services.executor.watch(runId, { afterSeq, signal })) {
      if (!res.write(frame(event))) await once(res, "drain", { signal });
    }
  } catch (error) {
    if (!signal.aborted) context.onFailure(error);
  } finally {
    clearInterval(heartbeat);
    res.end();
  }
}

const SSE_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
};

function beat(res: ServerResponse): void {
  if (!res.writableNeedDrain) res.write(":\n\n");
}

function frame(event: RunEvent): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
