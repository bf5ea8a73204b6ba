import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Where gateways reach a supervisor; an open connection means that a gateway looks after the job. */
export interface ControlServer {
  readonly socketPath: string;
  /** Tells everybody connected that there is more output. */
  announceOutput(): void;
  close(): Promise<void>;
}

/** What a supervisor does about its gateways. */
export interface ControlEvents {
  onStop(graceMs: number): void;
  /** Called with the number of connected gateways whenever it changes. */
  onClients(count: number): void;
}

/** Bytes a socket path may have on every supported system, its terminating NUL included. */
const MAX_PATH_BYTES = 100;
const ANNOUNCE_MS = 5;

/** Listens in the job's folder, or in a private temporary one where that path is too long or cannot hold sockets. */
export async function openControl(folder: string, events: ControlEvents): Promise<ControlServer> {
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    events.onClients(clients.size);
    readCommands(socket, events);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      clients.delete(socket);
      events.onClients(clients.size);
    });
  });
  const socketPath = await listenNear(server, folder);
  let announcing: NodeJS.Timeout | undefined;
  return {
    socketPath,
    announceOutput() {
      announcing ??= setTimeout(() => {
        announcing = undefined;
        // A client that has not read the last announcement needs no other.
        for (const client of clients) if (client.writableLength === 0) client.write("\n");
      }, ANNOUNCE_MS);
    },
    async close() {
      clearTimeout(announcing);
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of clients) client.destroy();
      await closed;
      removeSocket(socketPath, folder);
    },
  };
}

/** Removes a socket, and the temporary folder made for it. */
export function removeSocket(socketPath: string, folder: string): void {
  rmSync(dirname(socketPath) === folder ? socketPath : dirname(socketPath), { recursive: true, force: true });
}

async function listenNear(server: Server, folder: string): Promise<string> {
  const near = join(folder, "control.sock");
  if (Buffer.byteLength(near) < MAX_PATH_BYTES && (await listen(server, near))) return near;
  for (const base of new Set([tmpdir(), "/tmp"])) {
    const far = join(mkdtempSync(join(base, "ty-")), "s");
    if (Buffer.byteLength(far) < MAX_PATH_BYTES && (await listen(server, far))) return far;
    removeSocket(far, folder);
  }
  throw new Error(`No place for a control socket: neither ${folder} nor ${tmpdir()} can hold one`);
}

function listen(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const onError = (): void => resolve(false);
    server.once("error", onError);
    server.listen(path, () => {
      server.off("error", onError);
      resolve(true);
    });
  });
}

function readCommands(socket: Socket, events: ControlEvents): void {
  let pending = "";
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    const lines = (pending + text).split("\n");
    pending = lines.pop() ?? "";
    for (const line of lines) {
      const graceMs = /^stop (\d+)$/.exec(line)?.[1];
      if (graceMs !== undefined) events.onStop(Number(graceMs));
    }
    if (pending.length > 64) socket.destroy();
  });
}
