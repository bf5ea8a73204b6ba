import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { TrainyardError } from "@trainyard/core";
import { isLoopbackHost } from "./guard.ts";
import { type GatewayHandler, sendNotFound } from "./handler.ts";

/** Where the gateway listens. */
export interface ListenOptions {
  /** A loopback address or `localhost`. Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 to 65535; 0 takes a free port. Default 0. */
  readonly port?: number;
}

/** A listening gateway. */
export interface Listening {
  /** The base of every route, such as `http://127.0.0.1:8321`; MCP is at `/mcp` under it. */
  readonly url: string;
  readonly port: number;
  /** Stops listening and drops the connections. */
  close(): Promise<void>;
}

/** Time that answers in flight have to get out once a listener closes. */
const CLOSE_GRACE_MS = 5000;

/** Opens an HTTP server for `handler`. Throws `CONFIG_INVALID` for a host that others can reach, `PORT_IN_USE`. */
export async function listen(handler: GatewayHandler, options: ListenOptions = {}): Promise<Listening> {
  const { host = "127.0.0.1", port = 0 } = options;
  if (!isLoopbackHost(host)) {
    throw new TrainyardError(
      "CONFIG_INVALID",
      `The gateway has no authentication yet, so it does not listen on \`${host}\`, where others could reach it; use 127.0.0.1.`,
    );
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TrainyardError(
      "CONFIG_INVALID",
      `\`${port}\` is no port; use 0 to 65535, where 0 takes a free one.`,
    );
  }
  const server = createServer((req, res) => {
    // Once the listener closes, a connection goes with the last answer on it.
    res.once("close", () => setImmediate(() => server.listening || server.closeIdleConnections()));
    void handler(req, res).then((own) => own || sendNotFound(req, res));
  });
  await bound(server, host, port);
  const address = server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, port: address.port, close: () => close(server) };
}

function bound(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const refuse = (error: NodeJS.ErrnoException) => reject(bindError(error, host, port));
  server.once("error", refuse);
  server.listen({ host, port }, resolve);
  return promise.finally(() => server.removeListener("error", refuse));
}

function bindError(error: NodeJS.ErrnoException, host: string, port: number): TrainyardError {
  if (error.code !== "EADDRINUSE") {
    const message = `The gateway cannot listen on ${host}:${port} (${error.code ?? error.message}); choose another host or port.`;
    return new TrainyardError("CONFIG_INVALID", message, { data: { host, port }, cause: error });
  }
  const message = `Port ${port} on ${host} is taken by another program; stop it, or listen on another port (0 takes a free one).`;
  return new TrainyardError("PORT_IN_USE", message, { data: { host, port }, cause: error });
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const deadline = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(deadline);
}
