import { toTrainyardError, TrainyardError } from "@trainyard/core";
import type { Bell } from "./bell.ts";
import { type ExitRecord, type JobFolder, type JobRecord, readExitRecord } from "./job-record.ts";
import { type Link, openLink } from "./link.ts";
import { isAlive } from "./process-table.ts";
import { reapJob } from "./reap.ts";

/** A gateway's view of one job; while it is open, the job is not an orphan. */
export interface JobWatch {
  readonly exit: Promise<ExitRecord>;
  /** The exit once it is known; throws when the watch was closed before. */
  current(): ExitRecord | undefined;
  stop(graceMs: number): void;
  close(): void;
}

const RECONNECT_MS = 50;

/** Watches a job to its end, through lost connections and a lost supervisor; resolves once connected or ended. */
export async function watchJob(folder: JobFolder, record: JobRecord, bell: Bell): Promise<JobWatch> {
  let link: Link | undefined;
  let exit: ExitRecord | undefined;
  let closed = false;
  let stopMs: number | undefined;

  async function connectOrEnd(): Promise<void> {
    for (;;) {
      exit = readExitRecord(folder);
      if (exit || closed) return;
      link = await openLink(record.socketPath, bell.ring);
      if (closed) link?.close();
      if (link) return;
      if (!isAlive(record.supervisor)) exit = await reapJob(folder, record);
      else await bell.wait(bell.rings(), RECONNECT_MS);
    }
  }

  async function watch(): Promise<ExitRecord> {
    while (!exit) {
      if (closed) throw closedError(record.id);
      if (stopMs !== undefined) link?.stop(stopMs);
      await link?.closed;
      await connectOrEnd();
    }
    return exit;
  }

  await connectOrEnd();
  const ended = watch()
    .catch((error: unknown) => {
      throw toTrainyardError(error, "RUNTIME_UNAVAILABLE");
    })
    .finally(bell.ring);
  // Nobody has to wait for a job; those who do get the rejection.
  ended.catch(() => {});
  return {
    exit: ended,
    current() {
      if (!exit && closed) throw closedError(record.id);
      return exit;
    },
    stop(graceMs) {
      stopMs = Math.min(stopMs ?? graceMs, graceMs);
      link?.stop(stopMs);
    },
    close() {
      closed = true;
      link?.close();
      bell.ring();
    },
  };
}

function closedError(id: string): TrainyardError {
  return new TrainyardError(
    "RUNTIME_UNAVAILABLE",
    `The runtime was closed while job \`${id}\` ran; attach to it again to follow it.`,
    {
      retryable: true,
    },
  );
}
