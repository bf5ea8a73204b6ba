import { TrainyardError } from "@trainyard/core";
import type { CommandArguments } from "../command-table.ts";
import { connectTo, type Connection, withConnection } from "../connect.ts";
import type { Context } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson, printLine } from "../io.ts";
import { findPeers, type ServerAddress } from "../server-file.ts";
import { findRun } from "./find-run.ts";

/** `trainyard cancel`: stops a run, whichever gateway of this home it belongs to. */
export async function cancelCommand(args: CommandArguments, context: Context): Promise<number> {
  const [name] = args.positionals;
  if (name === undefined)
    throw new TrainyardError("USAGE", "Which run? Give `trainyard cancel latest`, or a run's id.");
  const peers = await findPeers(context.home.gateways);
  return withConnection(context, args, async (connection) => {
    const { runId } = await findRun(name, connection);
    await cancelAnywhere(runId, connection, peers);
    const { run } = await connection.client.status(runId);
    if (context.json) printJson(context.io, { runId, status: run.status });
    else printLine(context.io, `Run ${runId} is ${run.status}.`);
    return EXIT.ok;
  });
}

/** A run is held by the gateway that started it; the others refuse. */
async function cancelAnywhere(
  runId: string,
  own: Connection,
  peers: readonly ServerAddress[],
): Promise<void> {
  try {
    await own.client.cancel(runId);
  } catch (error) {
    if (!isHeldElsewhere(error)) throw error;
    if (!(await cancelAtPeer(runId, peers))) throw error;
  }
}

async function cancelAtPeer(runId: string, peers: readonly ServerAddress[]): Promise<boolean> {
  for (const { url } of peers) {
    const peer = connectTo(url);
    try {
      await peer.client.cancel(runId);
      return true;
    } catch (error) {
      if (!isHeldElsewhere(error)) throw error;
    } finally {
      await peer.close();
    }
  }
  return false;
}

function isHeldElsewhere(error: unknown): boolean {
  return TrainyardError.is(error) && error.code === "STORE_CONFLICT";
}
