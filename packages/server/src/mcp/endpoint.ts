import type { IncomingMessage, ServerResponse } from "node:http";
import type { NodeIncomingMessageLike } from "@modelcontextprotocol/node";
import type { Server } from "@modelcontextprotocol/server";
import { readJsonBody } from "../http/json-body.ts";
import { problem, sendRpcProblem } from "../http/reply.ts";
import { createServerFactory, type Sdk, type ServerContext } from "./server-factory.ts";
import { createSessions, type OpenTransport, type SessionLimits } from "./sessions.ts";

type NodeSdk = typeof import("@modelcontextprotocol/node");
/** The same object under the type that the SDK's adapters take. */
type AdaptableRequest = IncomingMessage & NodeIncomingMessageLike;

/** The `/mcp` route: one address for clients of every protocol version. */
export interface McpEndpoint {
  serve(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Loads the SDK ahead of the first request. */
  warm(): void;
  close(): Promise<void>;
}

/** What the endpoint is made from. */
export interface EndpointOptions extends Omit<ServerContext, "sdk"> {
  readonly sessions?: SessionLimits | undefined;
  /** Hears of failures inside the SDK. */
  onFailure(error: unknown): void;
}

interface Eras {
  serve(req: AdaptableRequest, res: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Makes the endpoint; the SDK loads with the first request, so that a gateway is ready at once. */
export function createMcpEndpoint(options: EndpointOptions): McpEndpoint {
  let loading: Promise<Eras> | undefined;
  const eras = (): Promise<Eras> => (loading ??= loadEras(options));
  return {
    async serve(req, res) {
      const read = req.method === "POST" ? await readJsonBody(req) : { ok: true as const, body: undefined };
      if (!read.ok) return sendRpcProblem(res, read.problem);
      await (await eras()).serve(req as AdaptableRequest, res, read.body);
    },
    // A failure to load shows on the request that needs it.
    warm: () => void eras().catch(() => undefined),
    async close() {
      await (await loading?.catch(() => undefined))?.close();
    },
  };
}

async function loadEras(options: EndpointOptions): Promise<Eras> {
  const [sdk, node] = await Promise.all([
    import("@modelcontextprotocol/server"),
    import("@modelcontextprotocol/node"),
  ]);
  const build = createServerFactory({ ...options, sdk });
  const modern = sdk.createMcpHandler(build, { legacy: "reject" });
  const serveModern = node.toNodeHandler(modern, { onerror: options.onFailure });
  const serveLegacy = legacyEra(sdk, node, build, options);
  return {
    async serve(req, res, body) {
      const legacy = await sdk.isLegacyRequest(await node.toWebRequest(req, body), body);
      await (legacy ? serveLegacy.serve(req, res, body) : serveModern(req, res, body));
    },
    async close() {
      await Promise.all([modern.close(), serveLegacy.close()]);
    },
  };
}

function legacyEra(sdk: Sdk, node: NodeSdk, build: () => Server, options: EndpointOptions): Eras {
  const sessions = createSessions(transportOpener(node, build), options.sessions);
  const sessionless = node.toNodeHandler(
    { fetch: sdk.legacyStatelessFallback(build, options.onFailure) },
    { onerror: options.onFailure },
  );
  return {
    async serve(req, res, body) {
      const id = req.headers["mcp-session-id"];
      if (id !== undefined) return sessions.serve(String(id), req, res, body);
      if (sdk.isInitializeRequest(body)) return sessions.open(req, res, body);
      // A bare JSON-RPC call, as written by hand, needs no session.
      if (req.method === "POST") return sessionless(req, res, body);
      sendRpcProblem(
        res,
        problem(400, "USAGE", "Send `Mcp-Session-Id`, or POST an `initialize` request first."),
      );
    },
    close: () => sessions.close(),
  };
}

function transportOpener(node: NodeSdk, build: () => Server): OpenTransport {
  return (id, onClose) => {
    const transport = new node.NodeStreamableHTTPServerTransport({ sessionIdGenerator: () => id });
    const server = build();
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the SDK has this property only.
    server.onclose = onClose;
    return { transport, ready: server.connect(transport) };
  };
}
