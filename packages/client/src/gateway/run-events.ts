import { type RunEvent, TrainyardError } from "@trainyard/core";
import type { EventSourceMessage } from "eventsource-parser";
import { backoffMs, pause } from "./backoff.ts";
import type { ResolvedOptions } from "./client-options.ts";
import { unreachable } from "./errors.ts";
import { NOTHING_MORE, readMessages } from "./event-stream.ts";
import { eventAnswer } from "./wire.ts";

/** What the events of a run are read from. */
export interface RunEventsRequest {
  readonly options: ResolvedOptions;
  readonly runId: string;
  readonly afterSeq: number;
  readonly signal: AbortSignal;
}

/** Events of a run in order, over as many connections as it takes; ends with `run-end` or when `signal` aborts. */
export async function* readRunEvents({
  options,
  runId,
  afterSeq,
  signal,
}: RunEventsRequest): AsyncGenerator<RunEvent> {
  const url = new URL(`/runs/${encodeURIComponent(runId)}/events`, options.endpoint);
  const { fetch, idleTimeoutMs, maxReconnects } = options;
  let lastSeq = afterSeq;
  let failures = 0;
  while (!signal.aborted) {
    let why: unknown = "the stream ended before the run did";
    try {
      for await (const message of readMessages({ url, fetch, signal, idleTimeoutMs, lastEventId: lastSeq })) {
        if (signal.aborted || message === NOTHING_MORE) return;
        const event = accept(message, runId, lastSeq);
        if (event === undefined) continue;
        [lastSeq, failures] = [event.seq, 0];
        if (isKnown(event)) yield event;
        if (event.type === "run-end") return;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (TrainyardError.is(thrown)) throw thrown;
      why = thrown;
    }
    failures += 1;
    if (failures >= maxReconnects)
      throw unreachable(url.origin, `${reason(why)}, ${failures} times in a row`, why);
    await pause(backoffMs(failures - 1), signal);
  }
}

interface Envelope {
  readonly type: string;
  readonly seq: number;
}

const UNKNOWN = Symbol("unknown");

function isKnown(event: RunEvent | (Envelope & { readonly [UNKNOWN]: true })): event is RunEvent {
  return !(UNKNOWN in event);
}

const KNOWN = /^(run-(start|cancel|end)|step-(queue|start|job|progress|metric|log|retry|end))$/;

/** The next event of the log; undefined for one that was there already. Throws for anything that would leave a gap. */
function accept(
  message: EventSourceMessage,
  runId: string,
  lastSeq: number,
): RunEvent | (Envelope & { readonly [UNKNOWN]: true }) | undefined {
  const parsed = eventAnswer.safeParse(parseJson(message.data));
  if (!parsed.success) throw new Error("an event that cannot be read");
  const event = parsed.data as RunEvent;
  if (event.runId !== runId) throw new Error("an event of another run");
  if (event.seq <= lastSeq) return undefined;
  if (event.seq !== lastSeq + 1) throw new Error(`event ${event.seq} after event ${lastSeq}`);
  return KNOWN.test(event.type) ? event : { type: event.type, seq: event.seq, [UNKNOWN]: true };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reason(why: unknown): string {
  if (!(why instanceof Error)) return String(why);
  const inner =
    why.cause instanceof Error ? ((why.cause as NodeJS.ErrnoException).code ?? why.cause.message) : undefined;
  return inner ?? why.message;
}
