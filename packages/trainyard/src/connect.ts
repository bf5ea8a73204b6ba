import { join } from "node:path";
import { TrainyardError } from "@trainyard/core";
import { createClient, type TrainyardClient } from "@trainyard/client";
import type { CommandArguments } from "./command-table.ts";
import type { LocalGateway } from "./compose.ts";
import type { Context } from "./context.ts";
import { noteLine } from "./io.ts";
import { untilAborted } from "./stop-signals.ts";
import { answers, findServer, removeServerFile, writeServerFile } from "./server-file.ts";

/** A gateway to talk to. */
export interface Connection {
  readonly client: TrainyardClient;
  readonly url: string;
  /** The gateway, where it lives in this process. */
  readonly embedded?: LocalGateway | undefined;
  /** Ends the connection, and the gateway with all of its runs where it lives in this process. */
  close(): Promise<void>;
}

/** Connects, does `work`, and closes the connection when it is done or the command is stopped. Throws what they throw. */
export async function withConnection<T>(
  context: Context,
  args: CommandArguments,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(context, args);
  try {
    return await untilAborted(work(connection), context.signal);
  } finally {
    await connection.close();
  }
}

/**
 * Connects to the gateway that `--server` or `TRAINYARD_SERVER` names, else to the one that serves this home, else
 * starts one in this process. Throws `GATEWAY_UNREACHABLE`.
 */
async function connect(context: Context, { flags }: CommandArguments): Promise<Connection> {
  const { io, home } = context;
  const named = typeof flags["server"] === "string" ? flags["server"] : io.env["TRAINYARD_SERVER"];
  if (named) return connectTo(await checkedUrl(named));
  const running = await findServer(home.serverFile);
  return running ? connectTo(running.url) : embed(context);
}

/** Connects to a gateway that is known to answer. */
export function connectTo(url: string): Connection {
  const client = createClient({ url });
  return { client, url, close: () => client.close() };
}

/** Starts a gateway in this process, on a free port of the loopback. */
async function embed(context: Context): Promise<Connection> {
  const { home } = context;
  const embedded = await openLocalGateway(context);
  const file = join(home.gateways, `${process.pid}.json`);
  try {
    const { url } = await embedded.listen({ host: "127.0.0.1", port: 0 });
    await writeServerFile(file, { url, pid: process.pid });
    const client = createClient({ url });
    return {
      client,
      url,
      embedded,
      async close() {
        await client.close();
        await embedded.close();
        await removeServerFile(file);
      },
    };
  } catch (error) {
    await embedded.close();
    throw error;
  }
}

/** Composes the gateway of a home with the configuration of the working directory. */
export async function openLocalGateway({ io, home }: Context): Promise<LocalGateway> {
  const [{ loadConfig }, { createLocalGateway }] = await Promise.all([
    import("./config.ts"),
    import("./compose.ts"),
  ]);
  const onError = (error: unknown, requestId: string) => {
    if (io.env["TRAINYARD_DEBUG"])
      noteLine(io, `request ${requestId}: ${String((error as Error)?.stack ?? error)}`);
  };
  return createLocalGateway({ home, config: await loadConfig(io.cwd()), onError });
}

/** Where the gateway keeps what it makes, as far as it can be told from here. */
export function placeOf({ embedded, url }: Connection, { home }: Context): string {
  return embedded ? home.path : url;
}

async function checkedUrl(given: string): Promise<string> {
  if (!URL.canParse(given) || !/^https?:/.test(given)) {
    throw new TrainyardError(
      "USAGE",
      `\`${given}\` is no URL of a gateway; give one such as http://127.0.0.1:7331.`,
    );
  }
  if (await answers(given)) return new URL(given).origin;
  throw new TrainyardError(
    "GATEWAY_UNREACHABLE",
    `No gateway answers at ${given}. Start one with \`mcp-server\`, or leave --server and TRAINYARD_SERVER out to use one in this process.`,
    { retryable: true },
  );
}
