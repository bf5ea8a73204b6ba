import { TrainyardError } from "@trainyard/core";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { errorFromRecord, refused } from "./errors.ts";

/** Longest single event that is read, in characters. */
const MAX_EVENT_LENGTH = 32 * 1024 * 1024;
/** Longest error body that is read, in bytes. */
const MAX_PROBLEM_BYTES = 64 * 1024;

/** One connection to an event stream. */
export interface StreamRequest {
  readonly url: URL;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
  /** Silence in ms after which the connection is dropped. */
  readonly idleTimeoutMs: number;
  readonly lastEventId: number;
}

/** Says that a stream has nothing more: an EventSource would stop reconnecting. */
export const NOTHING_MORE = Symbol("nothing more");

/**
 * Opens an event stream and gives its messages until the connection ends, however it does. Throws what the server
 * answers with a status that reconnecting cannot help, and a plain error when the connection breaks.
 */
export async function* readMessages(
  request: StreamRequest,
): AsyncGenerator<EventSourceMessage | typeof NOTHING_MORE> {
  const watchdog = createWatchdog(request);
  try {
    const response = await open(request, watchdog.signal);
    if (response.status === 204) {
      yield NOTHING_MORE;
      return;
    }
    const { push, drain } = createBuffer();
    const decoder = new TextDecoder();
    const reader = response.body!.getReader();
    for (;;) {
      watchdog.start();
      const chunk = await reader.read();
      watchdog.stop();
      if (chunk.done) return;
      push(decoder.decode(chunk.value, { stream: true }));
      yield* drain();
    }
  } finally {
    watchdog.end();
  }
}

async function open({ url, fetch, lastEventId }: StreamRequest, signal: AbortSignal): Promise<Response> {
  const headers = { accept: "text/event-stream", "last-event-id": String(lastEventId) };
  const response = await fetch(url, { headers, signal, redirect: "error" });
  if (response.status === 204) return response;
  const isStream = /^text\/event-stream\b/i.test(response.headers.get("content-type") ?? "");
  if (response.ok && isStream && response.body) return response;
  throw await problemOf(response, url);
}

async function problemOf(response: Response, url: URL): Promise<Error> {
  const body = await readText(response);
  const carried = errorFromRecord(errorField(body));
  if (carried && !isTransient(response.status)) return carried;
  const error = response.ok
    ? new TrainyardError(
        "INTERNAL",
        `${url.href} answered with something that is no event stream. Check that it is a Trainyard gateway.`,
      )
    : refused(url.origin, response.status);
  return isTransient(response.status) ? new Error(error.message) : error;
}

/** Whether the same request can do better later. */
function isTransient(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_PROBLEM_BYTES) break;
  }
  return text;
}

function errorField(body: string): unknown {
  try {
    return (JSON.parse(body) as { readonly error?: unknown } | null)?.error;
  } catch {
    return undefined;
  }
}

function createBuffer(): { push(text: string): void; drain(): Generator<EventSourceMessage> } {
  let messages: EventSourceMessage[] = [];
  let overflow = false;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_LENGTH,
    onEvent: (message) => void messages.push(message),
    onError: (error) => {
      overflow ||= error.type === "max-buffer-size-exceeded";
    },
  });
  return {
    push: (text) => parser.feed(text),
    *drain() {
      const ready = messages;
      messages = [];
      yield* ready;
      if (overflow) throw new Error(`an event of more than ${MAX_EVENT_LENGTH} characters`);
    },
  };
}

interface Watchdog {
  readonly signal: AbortSignal;
  start(): void;
  stop(): void;
  end(): void;
}

/** Drops the connection when nothing comes for too long while something is waited for, and at the end in any case. */
function createWatchdog({ signal, idleTimeoutMs }: StreamRequest): Watchdog {
  const connection = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(
      () => connection.abort(new Error(`nothing came for ${idleTimeoutMs} ms`)),
      idleTimeoutMs,
    );
  };
  start();
  return {
    signal: AbortSignal.any([signal, connection.signal]),
    start,
    stop: () => clearTimeout(timer),
    end() {
      clearTimeout(timer);
      connection.abort();
    },
  };
}
