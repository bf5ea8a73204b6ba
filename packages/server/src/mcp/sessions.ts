import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { problem, sendRpcProblem } from "../http/reply.ts";

/** Bounds on the sessions of clients that speak a protocol with sessions. */
export interface SessionLimits {
  /** Sessions open at once; beyond it the longest idle one ends. 1 to 100000. Default 256. */
  readonly max?: number;
  /** Time in ms after which an unused session ends; 1 to 86400000. Default 30 minutes. */
  readonly idleMs?: number;
}

/** A transport with a protocol server behind it. */
interface ServedTransport {
  readonly transport: NodeStreamableHTTPServerTransport;
  /** Resolves when the server takes requests. */
  readonly ready: Promise<void>;
}

/** Makes a transport that takes `id` as its session. */
export type OpenTransport = (id: string, onClose: () => void) => ServedTransport;

/** The sessions of 2025 clients. */
export interface Sessions {
  /** Opens a session for an `initialize` request and serves it. */
  open(req: IncomingMessage, res: ServerResponse, body: unknown): Promise<void>;
  /** Serves a request of an open session; 404 when it is unknown or has ended. */
  serve(id: string, req: IncomingMessage, res: ServerResponse, body: unknown): Promise<void>;
  close(): Promise<void>;
}

interface Session extends ServedTransport {
  /** Requests and streams open now. */
  active: number;
  idleSince: number;
}

/** Keeps sessions within their limits. */
export function createSessions(openTransport: OpenTransport, limits: SessionLimits = {}): Sessions {
  const { max = 256, idleMs = 30 * 60_000 } = limits;
  const sessions = new Map<string, Session>();
  let sweeper: NodeJS.Timeout | undefined;

  function idle(): Session[] {
    return [...sessions.values()]
      .filter((session) => session.active === 0)
      .toSorted((a, b) => a.idleSince - b.idleSince);
  }

  async function sweep(): Promise<void> {
    const before = Date.now() - idleMs;
    await Promise.all(
      idle()
        .filter(({ idleSince }) => idleSince <= before)
        .map(({ transport }) => transport.close()),
    );
  }

  function forget(id: string): void {
    sessions.delete(id);
    if (sessions.size > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
  }

  async function handle(
    session: Session,
    req: IncomingMessage,
    res: ServerResponse,
    body: unknown,
  ): Promise<void> {
    // A client that hung up already sends no `close` any more: its session would never be idle.
    if (res.destroyed) return;
    session.active += 1;
    res.once("close", () => {
      session.active -= 1;
      session.idleSince = Date.now();
    });
    await session.ready;
    await session.transport.handleRequest(req, res, body);
  }

  return {
    async open(req, res, body) {
      if (sessions.size >= max) await idle()[0]?.transport.close();
      if (sessions.size >= max)
        return sendRpcProblem(res, problem(503, "USAGE", `All ${max} sessions are in use; try again later.`));
      const id = randomUUID();
      const session = { ...openTransport(id, () => forget(id)), active: 0, idleSince: Date.now() };
      // Before anything is awaited, so that requests at the same time count each other.
      sessions.set(id, session);
      sweeper ??= setInterval(() => void sweep().catch(() => undefined), Math.max(1, idleMs / 4)).unref();
      await handle(session, req, res, body);
      if (session.transport.sessionId === undefined) await session.transport.close();
    },
    async serve(id, req, res, body) {
      const session = sessions.get(id);
      if (session) return handle(session, req, res, body);
      sendRpcProblem(
        res,
        problem(404, "USAGE", "This session is unknown or has ended; initialize a new one."),
      );
    },
    async close() {
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()));
    },
  };
}
