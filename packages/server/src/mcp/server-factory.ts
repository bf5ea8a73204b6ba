import type { Server } from "@modelcontextprotocol/server";
import type { Services } from "../services.ts";
import type { Surface } from "../tools/surface.ts";
import { toCallResult, toErrorResult } from "../tools/wire-tool.ts";
import { VERSION } from "../version.ts";
import type { WireError } from "../wire-error.ts";
import { listTemplates, readResource } from "./resources.ts";

/** The MCP SDK, loaded when the first request needs it. */
export type Sdk = typeof import("@modelcontextprotocol/server");

/** What protocol servers are made from. */
export interface ServerContext {
  readonly sdk: Sdk;
  readonly name: string;
  readonly services: Services;
  readonly surface: Surface;
  readonly wireError: WireError;
}

const LIST_HINT = { ttlMs: 60_000, cacheScope: "private" } as const;
const FRESH_HINT = { ttlMs: 0, cacheScope: "private" } as const;

const INSTRUCTIONS =
  "Tools that load, train or evaluate start a run and answer at once with its run_id; get_status, get_logs and " +
  "get_metrics follow it, get_result gives its outputs, cancel_task stops it. run_workflow runs several tools in one " +
  'run: `{ "$from": "step.output" }` hands one step\'s output to another.';

/** Makes a factory of protocol servers: cheap, since tools and schemas are shared. */
export function createServerFactory(context: ServerContext): () => Server {
  const tools = [...context.surface.values()].map((tool) => tool.listed);
  const options = {
    capabilities: { tools: {}, resources: {} },
    instructions: INSTRUCTIONS,
    cacheHints: {
      "tools/list": LIST_HINT,
      "resources/list": LIST_HINT,
      "resources/templates/list": LIST_HINT,
      "resources/read": FRESH_HINT,
    },
  };
  return () => {
    const server = new context.sdk.Server({ name: context.name, version: VERSION }, options);
    server.setRequestHandler("tools/list", () => ({ tools }));
    handleCalls(server, context);
    handleResources(server, context);
    return server;
  };
}

function handleCalls(server: Server, { sdk, surface, wireError }: ServerContext): void {
  server.setRequestHandler("tools/call", async ({ params }) => {
    const tool = surface.get(params.name);
    if (!tool)
      throw new sdk.ProtocolError(sdk.ProtocolErrorCode.InvalidParams, `Tool ${params.name} not found`);
    try {
      return server.projectCallToolResult(
        toCallResult(await tool.call(params.arguments)),
        tool.listed.outputSchema,
      );
    } catch (error) {
      return toErrorResult(wireError(error));
    }
  });
}

function handleResources(server: Server, { sdk, services, wireError }: ServerContext): void {
  server.setRequestHandler("resources/list", () => ({ resources: [] }));
  server.setRequestHandler("resources/templates/list", () => ({ resourceTemplates: listTemplates() }));
  server.setRequestHandler("resources/read", async ({ params }) => {
    const value = await readResource(services, params.uri).catch((error: unknown) => {
      const record = wireError(error);
      throw new sdk.ProtocolError(
        sdk.ProtocolErrorCode.InternalError,
        `${record.code}: ${record.message}`,
        record,
      );
    });
    if (value === undefined) {
      throw new sdk.ProtocolError(sdk.ProtocolErrorCode.InvalidParams, `Resource ${params.uri} not found`, {
        uri: params.uri,
      });
    }
    return { contents: [{ uri: params.uri, mimeType: "application/json", text: JSON.stringify(value) }] };
  });
}
