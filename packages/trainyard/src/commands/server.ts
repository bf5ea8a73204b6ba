import { TrainyardError } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import { openLocalGateway } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { noteLine, printJson, printLine } from "../io.ts";
import { findServer, removeServerFile, writeServerFile } from "../server-file.ts";
import { onStopSignal } from "../stop-signals.ts";

const DEFAULT_PORT = 7331;

/** `trainyard server`: serves this home over MCP until it is told to stop. */
export async function serverCommand({ flags }: CommandArguments, context: Context): Promise<number> {
  const { home, io } = context;
  const port = readPort(flags["port"]);
  await refuseSecond(context);
  const stopped = Promise.withResolvers<void>();
  const stopListening = onStopSignal(stopped.resolve, () => process.exit(EXIT.interrupted));
  const gateway = await openLocalGateway(context);
  try {
    const { url } = await gateway.listen({ host: "127.0.0.1", port });
    await writeServerFile(home.serverFile, { url, pid: process.pid });
    announce(url, context);
    await stopped.promise;
    noteLine(io, "stopping");
    return EXIT.ok;
  } finally {
    await removeServerFile(home.serverFile);
    await gateway.close();
    stopListening();
  }
}

function readPort(given: string | boolean | undefined): number {
  if (given === undefined) return DEFAULT_PORT;
  const port = Number(given);
  if (/^\d{1,5}$/.test(String(given)) && port <= 65_535) return port;
  throw new TrainyardError("USAGE", `\`--port ${given}\` is no port; give a number from 0 to 65535.`);
}

async function refuseSecond({ home }: Context): Promise<void> {
  const running = await findServer(home.serverFile);
  if (!running) return;
  throw new TrainyardError(
    "STORE_CONFLICT",
    `${home.path} is already served at ${running.url} (process ${running.pid}). Use that one, stop it, or set TRAINYARD_HOME to another folder.`,
  );
}

function announce(url: string, { io, json }: Context): void {
  if (json) return printJson(io, { url, mcp: `${url}/mcp`, pid: process.pid });
  printLine(io, `Trainyard gateway: ${url}`);
  noteLine(
    io,
    [
      `  MCP clients connect to ${url}/mcp (Streamable HTTP), for example with`,
      `  {"mcpServers": {"trainyard": {"type": "http", "url": "${url}/mcp"}}}`,
      '  In this folder: mcp-agent "GOAL"',
      "  Ctrl-C stops it.",
    ].join("\n"),
  );
}
