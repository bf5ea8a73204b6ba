import {
  type ArtifactStore,
  createExecutor,
  createRegistry,
  type Executor,
  type ModelStore,
  type Plugin,
  type Registry,
  type RunStore,
  type Runtime,
  TrainyardError,
} from "@trainyard/core";
import { createHandler, type GatewayHandler } from "./http/handler.ts";
import { listen, type Listening, type ListenOptions } from "./http/listen.ts";
import { createMcpEndpoint } from "./mcp/endpoint.ts";
import type { SessionLimits } from "./mcp/sessions.ts";
import type { Services } from "./services.ts";
import { createSurface } from "./tools/surface.ts";
import { createWireError, type ErrorListener } from "./wire-error.ts";

/** What a gateway is composed of. */
export interface GatewayOptions {
  readonly plugins: readonly Plugin[];
  readonly store: { readonly runs: RunStore; readonly models: ModelStore };
  readonly artifacts: ArtifactStore;
  readonly runtime: Runtime;
  /** Directory for the steps' working directories, absolute. */
  readonly workRoot: string;
  /** Steps that run at once; 1 or more. Default: the executor's. */
  readonly concurrency?: number;
  /** What clients see as the server's name. Default `trainyard`. */
  readonly name?: string;
  /** Runs the workflows in place of the default executor; the gateway closes it. */
  readonly executor?: Executor;
  /** Bounds on sessions of older clients. */
  readonly sessions?: SessionLimits;
  /** Time in ms between heartbeats of an event stream; 1 to 3600000. Default 15000. */
  readonly heartbeatMs?: number;
  /** Hears of failures that clients only see as `INTERNAL`; for the log of the embedding program. */
  readonly onError?: ErrorListener;
}

/** Serves tools and runs over MCP and HTTP, alone or inside another HTTP app. */
export interface Gateway {
  readonly registry: Registry;
  readonly executor: Executor;
  /**
   * Serves `/mcp`, `/runs/{id}/events` and `/healthz` and resolves with true; resolves with false, leaving the request
   * untouched, for every other path.
   *
   * @example
   * ```ts
   * app.use((req, res, next) => gateway.handler(req, res).then((own) => own || next(), next));
   * ```
   */
  readonly handler: GatewayHandler;
  /** Serves on its own port. Throws `PORT_IN_USE`, `CONFIG_INVALID` for a host that is not loopback, `USAGE` once closed. */
  listen(options?: ListenOptions): Promise<Listening>;
  /** Stops listening, ends streams and sessions, then closes the executor. Idempotent. */
  close(): Promise<void>;
}

/** Composes a gateway; nothing listens yet. Throws what `createRegistry` throws, and `CONFIG_INVALID`. */
export function createGateway(options: GatewayOptions): Gateway {
  checkOptions(options);
  const services = createServices(options);
  const { registry, executor } = services;
  const wireError = createWireError(options.onError);
  const closing = new AbortController();
  const onFailure = (error: unknown): void => void wireError(error);
  const name = options.name ?? "trainyard";
  const surface = createSurface(services);
  const endpoint = createMcpEndpoint({
    name,
    services,
    surface,
    wireError,
    onFailure,
    sessions: options.sessions,
  });
  const runEvents = {
    services,
    closing: closing.signal,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    onFailure,
  };
  const handler = createHandler({ name, endpoint, runEvents, wireError });
  const listeners = new Set<Listening>();
  let closed: Promise<void> | undefined;

  async function close(): Promise<void> {
    closing.abort();
    const stopped = Promise.all([...listeners].map((listener) => listener.close()));
    await endpoint.close();
    await stopped;
    await executor.close();
  }

  return {
    registry,
    executor,
    handler,
    async listen(where) {
      const listener = await listen(handler, where);
      if (closing.signal.aborted) {
        await listener.close();
        throw new TrainyardError("USAGE", "The gateway is closed; create another one.");
      }
      listeners.add(listener);
      setImmediate(() => endpoint.warm());
      return listener;
    },
    close: () => (closed ??= close()),
  };
}

function checkOptions({ sessions, heartbeatMs }: GatewayOptions): void {
  checkWhole("sessions.max", sessions?.max, 100_000);
  checkWhole("sessions.idleMs", sessions?.idleMs, 86_400_000);
  checkWhole("heartbeatMs", heartbeatMs, 3_600_000);
}

function checkWhole(option: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new TrainyardError(
    "CONFIG_INVALID",
    `Option \`${option}\` is ${value}; give a whole number from 1 to ${most}.`,
  );
}

function createServices(options: GatewayOptions): Services {
  const { artifacts, runtime, workRoot, concurrency } = options;
  const { runs, models } = options.store;
  const registry = createRegistry(options.plugins);
  const parts = { registry, runs, artifacts, models, runtime, workRoot };
  const executor =
    options.executor ?? createExecutor({ ...parts, ...(concurrency !== undefined && { concurrency }) });
  return { registry, executor, runs, models };
}
