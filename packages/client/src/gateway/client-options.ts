import { TrainyardError } from "@trainyard/core";

/** How a client reaches its gateway. */
export interface ClientOptions {
  /** Address of the MCP endpoint, `http` or `https`; without a path, `/mcp` is meant. */
  readonly url: string | URL;
  /** Sent as a bearer token, where the gateway asks for one. */
  readonly token?: string | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Ends everything the client does. */
  readonly signal?: AbortSignal | undefined;
  /** Limit of one call in ms, 1 to 3600000; cancelling waits ten times as long. Default 60000. */
  readonly timeoutMs?: number | undefined;
  /** Silence in ms after which an event stream counts as broken, 1 to 3600000. Default 60000, four heartbeats. */
  readonly idleTimeoutMs?: number | undefined;
  /** Attempts in a row without a single event before a stream is given up, 1 to 1000. Default 8, about half a minute. */
  readonly maxReconnects?: number | undefined;
}

/** The options with their defaults filled in. */
export interface ResolvedOptions {
  readonly endpoint: URL;
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly maxReconnects: number;
}

const HOUR_MS = 3_600_000;

/** Fills the defaults in. Throws `CONFIG_INVALID` for an address or a number out of bounds. */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  return {
    endpoint: endpointOf(options.url),
    fetch: withToken(options.fetch ?? globalThis.fetch, options.token),
    signal: options.signal,
    timeoutMs: bounded("timeoutMs", options.timeoutMs, 60_000, HOUR_MS),
    idleTimeoutMs: bounded("idleTimeoutMs", options.idleTimeoutMs, 60_000, HOUR_MS),
    maxReconnects: bounded("maxReconnects", options.maxReconnects, 8, 1000),
  };
}

function endpointOf(address: string | URL): URL {
  const url = URL.parse(String(address));
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TrainyardError(
      "CONFIG_INVALID",
      `\`${String(address).slice(0, 200)}\` is no address of a gateway; give one such as \`http://127.0.0.1:8642/mcp\`.`,
    );
  }
  if (url.pathname === "/") url.pathname = "/mcp";
  return url;
}

function bounded(name: string, value: number | undefined, fallback: number, most: number): number {
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new TrainyardError(
    "CONFIG_INVALID",
    `\`${name}\` is ${value}; it must be a whole number from 1 to ${most}.`,
  );
}

function withToken(fetch: typeof globalThis.fetch, token: string | undefined): typeof globalThis.fetch {
  if (token === undefined) return fetch;
  return (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
}
