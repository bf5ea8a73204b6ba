import type { IncomingMessage, ServerResponse } from "node:http";
import type { McpEndpoint } from "../mcp/endpoint.ts";
import { VERSION } from "../version.ts";
import type { WireError } from "../wire-error.ts";
import { refusal } from "./guard.ts";
import { type HttpProblem, problem, sendJson, sendProblem, sendRpcProblem } from "./reply.ts";
import { matchRoute, type Route } from "./routes.ts";
import { type RunEventsContext, serveRunEvents } from "./run-events.ts";

/** Answers a request on one of the gateway's routes and resolves with true; leaves any other alone and resolves with false. */
export type GatewayHandler = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

/** What the handler needs from the gateway. */
export interface HandlerContext {
  readonly name: string;
  readonly endpoint: McpEndpoint;
  readonly runEvents: RunEventsContext;
  readonly wireError: WireError;
}

/** Makes the request handler that any Node HTTP server can call. */
export function createHandler(context: HandlerContext): GatewayHandler {
  return async (req, res) => {
    const route = matchRoute(req.url);
    if (!route) return false;
    const send = route.name === "mcp" ? sendRpcProblem : sendProblem;
    const fault = refuse(context, route, req);
    if (fault) {
      send(res, fault);
      return true;
    }
    try {
      await serve(context, route, req, res);
    } catch (error) {
      // A client that hung up is no failure of the gateway.
      if (!res.destroyed) send(res, { status: 500, error: context.wireError(error) });
    }
    return true;
  };
}

/** Answers requests on routes that nobody owns. */
export function sendNotFound(req: IncomingMessage, res: ServerResponse): void {
  const reason = refusal(req);
  if (reason !== undefined) return sendProblem(res, problem(403, "USAGE", reason));
  sendProblem(
    res,
    problem(404, "USAGE", "There is no such route. The gateway serves /mcp, /runs/{id}/events and /healthz."),
  );
}

function refuse(context: HandlerContext, route: Route, req: IncomingMessage): HttpProblem | undefined {
  const reason = refusal(req);
  if (reason !== undefined) return problem(403, "USAGE", reason);
  if (!route.methods.includes(req.method ?? "")) {
    const allow = route.methods.join(", ");
    return problem(405, "USAGE", `This route takes ${allow}.`, { allow });
  }
  return context.runEvents.closing.aborted
    ? problem(503, "USAGE", "The gateway is shutting down.")
    : undefined;
}

async function serve(
  context: HandlerContext,
  route: Route,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (route.name === "mcp") return context.endpoint.serve(req, res);
  if (route.name === "events") return serveRunEvents(context.runEvents, route.runId, req, res);
  sendJson(res, 200, { status: "ok", version: VERSION, name: context.name });
}
