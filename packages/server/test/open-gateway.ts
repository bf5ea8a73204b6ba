import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { ErrorRecord, RunEvent } from "@trainyard/core";
import { processRuntime } from "@trainyard/runtime-process";
import { fsStore } from "@trainyard/store-fs";
import { sqliteStore } from "@trainyard/store-sqlite";
import { onTestFinished } from "vitest";
import { createGateway, type Gateway, type GatewayOptions } from "../src/index.ts";
import { samplePlugin } from "./sample-plugin.ts";

/** A gateway over real stores in a directory of its own; all of it goes when the test ends. */
export async function composeGateway(
  overrides: Partial<GatewayOptions> = {},
): Promise<Gateway & Pick<GatewayOptions, "store">> {
  const home = await mkdtemp(join(tmpdir(), "gateway-"));
  const store = sqliteStore({ path: join(home, "state.db") });
  const runtime = processRuntime({ stateDir: home });
  let gateway: Gateway | undefined;
  onTestFinished(async () => {
    await gateway?.close();
    await runtime.close();
    await store.close();
    await rm(home, { recursive: true, force: true });
  });
  const artifacts = fsStore({ path: join(home, "blobs") });
  const workRoot = join(home, "runs");
  gateway = createGateway({ plugins: [samplePlugin], store, artifacts, runtime, workRoot, ...overrides });
  return { ...gateway, store };
}

/** A gateway that listens on a free port. */
export async function openGateway(
  overrides: Partial<GatewayOptions> = {},
): Promise<{ gateway: Gateway; url: string }> {
  const gateway = await composeGateway(overrides);
  const { url } = await gateway.listen();
  return { gateway, url };
}

/** Which protocol a client speaks: `auto` finds the newest, `legacy` is what a client does by default. */
export type ClientMode = "auto" | "legacy";

/** Connects a real MCP client. */
export async function connect(url: string, mode: ClientMode): Promise<Client> {
  const options = mode === "auto" ? { versionNegotiation: { mode: "auto" as const } } : {};
  const client = new Client({ name: "test", version: "1" }, options);
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", url)));
  onTestFinished(() => client.close());
  return client;
}

/** What a tool answered. */
export interface CallOutcome {
  // oxlint-disable-next-line no-explicit-any
  readonly value: any;
  readonly text: string;
  readonly error: ErrorRecord | undefined;
}

/** Calls a tool and takes its result apart. */
export async function call(
  client: Client,
  name: string,
  args: Record<string, unknown> = {},
): Promise<CallOutcome> {
  const result = await client.callTool({ name, arguments: args });
  const [first] = result.content as readonly { text: string }[];
  const error = result._meta?.["dev.trainyard/error"] as ErrorRecord | undefined;
  return { value: result.structuredContent, text: first?.text ?? "", error };
}

/** Follows a run to its end and gives all its events. */
export async function finish(gateway: Gateway, runId: string): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of gateway.executor.watch(runId)) events.push(event);
  return events;
}

/** Waits until a run has an event of this type. */
export async function reach(gateway: Gateway, runId: string, type: RunEvent["type"]): Promise<void> {
  for await (const event of gateway.executor.watch(runId)) {
    if (event.type === type) return;
  }
  throw new Error(`run ${runId} ended without ${type}`);
}
