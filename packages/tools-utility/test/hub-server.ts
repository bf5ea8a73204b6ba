import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A loopback stand-in for the dataset hub. */
export interface HubServer {
  readonly url: string;
  /** Requests so far, in order. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
  /** Answers by path; each may misbehave as it likes. */
  readonly routes: Map<string, (request: IncomingMessage, response: ServerResponse) => void>;
  json(path: string, body: unknown): void;
  file(path: string, body: Uint8Array | string): void;
}

/** Starts a server on a free port that is closed after the test. */
export async function startHub(): Promise<HubServer> {
  const routes: HubServer["routes"] = new Map();
  const requests: HubServer["requests"] = [];
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? "/";
    requests.push({ path, authorization: request.headers.authorization });
    const route = routes.get(path);
    if (route) route(request, response);
    else response.writeHead(404).end();
  };
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    routes,
    json: (path, body) => void routes.set(path, (_, response) => response.end(JSON.stringify(body))),
    file: (path, body) => void routes.set(path, (_, response) => response.end(body)),
  };
}
