import { connect } from "node:net";

/** A gateway's connection to a supervisor. */
export interface Link {
  stop(graceMs: number): void;
  /** Resolves when the supervisor has gone, or {@link Link.close} was called. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Connects to a supervisor; undefined when nobody listens there. */
export function openLink(socketPath: string, onOutput: () => void): Promise<Link | undefined> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const closed = new Promise<void>((resolveClosed) => socket.once("close", () => resolveClosed()));
    socket.on("data", onOutput);
    // A connection that breaks is one that closes; the caller then looks at the job's files.
    socket.on("error", () => resolve(undefined));
    socket.once("connect", () =>
      resolve({
        closed,
        stop: (graceMs) => socket.write(`stop ${graceMs}\n`),
        close: () => socket.destroy(),
      }),
    );
  });
}
