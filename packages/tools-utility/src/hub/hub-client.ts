import { TrainyardError } from "@trainyard/core";
import { cancelled, throwIfCancelled } from "../cancel.ts";
import type { Settings } from "../settings.ts";
import { hubHosts } from "./hub-hosts.ts";

/** An answer whose body is still to be read. */
export interface HubAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The body in pieces; each must arrive within the time limit. Throws `HUB_UNREACHABLE`, `CANCELLED`. */
  chunks(): AsyncGenerator<Uint8Array>;
}

/** Talks to a dataset hub and to no other host. */
export interface HubClient {
  /** Makes an address of the endpoint out of a path such as `/api/datasets/squad`. */
  address(path: string): URL;
  /** Follows redirects within the allowed hosts. Throws `HUB_UNREACHABLE`, `URL_NOT_ALLOWED`, `MODEL_GATED`, `CANCELLED`. */
  get(url: URL): Promise<HubAnswer>;
  /** Parsed JSON, or undefined for 404. Throws as `get` does. */
  json(path: string): Promise<unknown>;
}

const MAX_REDIRECTS = 5;
const MAX_JSON_BYTES = 16 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;

/** A client for the configured endpoint; `HF_TOKEN` and `HF_HUB_DOWNLOAD_TIMEOUT` (seconds) are honoured. */
export function createHubClient(settings: Settings, signal: AbortSignal): HubClient {
  const hosts = hubHosts(settings.hubEndpoint, settings.hubHosts);
  const token = settings.env["HF_TOKEN"] || settings.env["HUGGING_FACE_HUB_TOKEN"];
  const timeoutMs = timeoutOf(settings.env["HF_HUB_DOWNLOAD_TIMEOUT"]);
  const base = hosts.endpoint.href.replace(/\/+$/, "");

  const fetchOnce = async (url: URL): Promise<HubAnswer> => {
    hosts.check(url);
    const headers = {
      "user-agent": "trainyard",
      ...(token && hosts.mayHaveToken(url) && { authorization: `Bearer ${token}` }),
    };
    const watch = createWatch(signal, timeoutMs);
    try {
      const response = await fetch(url, { headers, redirect: "manual", signal: watch.signal });
      watch.pause();
      return {
        status: response.status,
        headers: response.headers,
        chunks: () => readBody(response, watch, url, signal),
      };
    } catch (error) {
      watch.pause();
      throw networkError(error, url, signal, watch.timedOut() ? timeoutMs : undefined);
    }
  };

  const get = async (start: URL): Promise<HubAnswer> => {
    let url = start;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      throwIfCancelled(signal);
      const answer = await fetchOnce(url);
      const target = answer.status >= 300 && answer.status < 400 ? answer.headers.get("location") : null;
      if (target === null) return checkedAnswer(answer, url);
      await discard(answer);
      url = redirectTarget(target, url);
    }
    throw unreachable(start, `it redirects more than ${MAX_REDIRECTS} times`);
  };

  return {
    address: (path) => new URL(`${base}${path}`),
    get,
    async json(path) {
      const url = new URL(`${base}${path}`);
      const answer = await get(url);
      if (answer.status === 404) return await discard(answer);
      return parseBody(await wholeBody(answer, url), url);
    },
  };
}

function timeoutOf(seconds: string | undefined): number {
  const value = Number(seconds);
  return Number.isFinite(value) && value > 0 ? value * 1000 : DEFAULT_TIMEOUT_MS;
}

interface Watch {
  readonly signal: AbortSignal;
  readonly timedOut: () => boolean;
  readonly arm: () => void;
  readonly pause: () => void;
}

/** Aborts when `outer` does, or when nothing happened for `timeoutMs` since it was armed; armed at the start. */
function createWatch(outer: AbortSignal, timeoutMs: number): Watch {
  const quiet = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const pause = (): void => clearTimeout(timer);
  const arm = (): void => {
    pause();
    timer = setTimeout(() => quiet.abort(), timeoutMs);
  };
  arm();
  return { signal: AbortSignal.any([outer, quiet.signal]), timedOut: () => quiet.signal.aborted, arm, pause };
}

async function* readBody(
  response: Response,
  watch: Watch,
  url: URL,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      watch.arm();
      const { done, value } = await reader.read();
      watch.pause();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw networkError(error, url, signal, watch.timedOut() ? 0 : undefined);
  } finally {
    watch.pause();
    await reader.cancel().catch(() => undefined);
  }
}

async function discard(answer: HubAnswer): Promise<void> {
  await answer.chunks().return(undefined);
}

function redirectTarget(target: string, from: URL): URL {
  if (URL.canParse(target, from.href)) return new URL(target, from);
  throw unreachable(from, "it redirects to something that is not an address");
}

async function checkedAnswer(answer: HubAnswer, url: URL): Promise<HubAnswer> {
  if (answer.status === 200 || answer.status === 404) return answer;
  await discard(answer);
  if (answer.status === 401 || answer.status === 403) {
    throw new TrainyardError(
      "MODEL_GATED",
      `The hub refuses ${url.pathname} (${answer.status}): it is private, gated or does not exist. Accept its terms on the hub, set HF_TOKEN to a token that may read it, and check the name.`,
      { data: { status: answer.status, path: url.pathname } },
    );
  }
  throw unreachable(url, `it answers with status ${answer.status}`);
}

async function wholeBody(answer: HubAnswer, url: URL): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.chunks()) {
    size += chunk.byteLength;
    if (size > MAX_JSON_BYTES) throw unreachable(url, `its answer is longer than ${MAX_JSON_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreachable(url, "its answer is not JSON", cause);
  }
}

function networkError(
  error: unknown,
  url: URL,
  signal: AbortSignal,
  timeoutMs: number | undefined,
): TrainyardError {
  if (TrainyardError.is(error)) return error;
  if (signal.aborted) return cancelled(error);
  if (timeoutMs !== undefined) return unreachable(url, "it does not answer in time", error);
  const cause = (error as Error).cause ?? error;
  const code = (cause as NodeJS.ErrnoException).code;
  return unreachable(url, code ?? (cause as Error).message ?? "the connection failed", error);
}

function unreachable(url: URL, reason: string, cause?: unknown): TrainyardError {
  return new TrainyardError(
    "HUB_UNREACHABLE",
    `${url.origin}${url.pathname} cannot be read: ${reason}. Check the network, or give a local path; HF_HUB_OFFLINE=1 uses what was downloaded before.`,
    { retryable: true, cause, data: { host: url.host } },
  );
}
