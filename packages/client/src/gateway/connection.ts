import type { Client } from "@modelcontextprotocol/client";
import { type JsonObject, TrainyardError } from "@trainyard/core";
import * as z from "zod";
import type { ResolvedOptions } from "./client-options.ts";
import { errorFromRecord, mapError, nonsense } from "./errors.ts";
import type { ToolCallResult } from "./trainyard-client.ts";

/** The MCP connection of a client: made at the first call, made again after it broke. */
export interface Connection {
  call(name: string, args: JsonObject, timeoutMs: number): Promise<ToolCallResult>;
  close(): Promise<void>;
}

const ERROR_META = "dev.trainyard/error";

const answer = z.object({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
  structuredContent: z.record(z.string(), z.unknown()).optional(),
  isError: z.boolean().optional(),
  _meta: z.record(z.string(), z.unknown()).optional(),
});

/** Prepares a connection; nothing is loaded or opened before the first call. */
export function createConnection(options: ResolvedOptions, signal: AbortSignal): Connection {
  const url = options.endpoint.href;
  let opening: Promise<Client> | undefined;

  function forget(client: Promise<Client>): void {
    if (opening === client) opening = undefined;
    void client.then((open) => open.close()).catch(() => undefined);
  }

  return {
    async call(name, args, timeoutMs) {
      if (signal.aborted) throw new TrainyardError("CANCELLED", "The client is closed; make a new one.");
      const client = (opening ??= open(options, signal));
      try {
        const result = await (
          await client
        ).callTool({ name, arguments: args }, { signal, timeout: timeoutMs });
        return readAnswer(result, name, url);
      } catch (thrown) {
        // An answer shows that the connection is sound; anything else may have broken it.
        if (!TrainyardError.is(thrown) && !isAnswer(thrown)) forget(client);
        throw mapError(thrown, url, signal);
      }
    },
    async close() {
      const client = opening;
      opening = undefined;
      await client?.then((open) => open.close()).catch(() => undefined);
    },
  };
}

/** A JSON-RPC error is an answer: its code is a number. */
function isAnswer(thrown: unknown): boolean {
  return (
    typeof thrown === "object" &&
    thrown !== null &&
    typeof (thrown as { readonly code?: unknown }).code === "number"
  );
}

async function open({ endpoint, fetch, timeoutMs }: ResolvedOptions, signal: AbortSignal): Promise<Client> {
  // The SDK takes a quarter of a second to load: a planner or a `--help` must not wait for it.
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const client = new Client(
    { name: "trainyard-client", version: "0.1.0" },
    { versionNegotiation: { mode: "auto" } },
  );
  await client.connect(new StreamableHTTPClientTransport(endpoint, { fetch }), {
    signal,
    timeout: timeoutMs,
  });
  return client;
}

function readAnswer(result: unknown, tool: string, url: string): ToolCallResult {
  const parsed = answer.safeParse(result);
  if (!parsed.success) throw nonsense(url, `an answer of \`${tool}\` that cannot be read`);
  const { content, structuredContent, isError, _meta } = parsed.data;
  const text = content
    .flatMap((part) => (part.type === "text" && part.text !== undefined ? [part.text] : []))
    .join("\n");
  if (!isError) return { value: structuredContent as JsonObject | undefined, text };
  throw (
    errorFromRecord(_meta?.[ERROR_META]) ??
    new TrainyardError("TOOL_FAILED", text.slice(0, 20_000) || `\`${tool}\` failed without saying why.`)
  );
}
