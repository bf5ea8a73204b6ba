import { setTimeout as sleep } from "node:timers/promises";
import { TrainyardError } from "./errors.ts";
import type { RunEvent } from "./events.ts";
import type { RunStore } from "./run-store.ts";

const PAGE = 500;
/** How often a run that another process writes is looked at, in ms. */
const POLL_MS = 500;

/** Tells watchers of a run that there is more to read; they read it from the store, so a slow one holds nothing. */
export interface CommitBell {
  ring(): void;
  /** Resolves at the next ring. */
  next(): Promise<void>;
}

/** Makes a bell. */
export function createBell(): CommitBell {
  let waiting = Promise.withResolvers<void>();
  return {
    ring() {
      waiting.resolve();
      waiting = Promise.withResolvers<void>();
    },
    next: () => waiting.promise,
  };
}

/** Yields the events of a run, in order, until its end or until `signal` aborts. Throws `RUN_NOT_FOUND`. */
export async function* watchRun(
  runs: RunStore,
  runId: string,
  bell: () => CommitBell | undefined,
  options: { readonly afterSeq?: number; readonly signal?: AbortSignal } = {},
): AsyncGenerator<RunEvent> {
  if (!(await runs.run(runId))) throw runNotFound(runId);
  let afterSeq = options.afterSeq ?? 0;
  while (!options.signal?.aborted) {
    // Taken before reading: a commit between the read and the wait rings this one.
    const more = bell()?.next() ?? sleep(POLL_MS, undefined, { ref: false });
    const page = await runs.events(runId, { afterSeq, limit: PAGE });
    for (const event of page) {
      if (options.signal?.aborted) return;
      yield event;
      afterSeq = event.seq;
      if (event.type === "run-end") return;
    }
    if (page.length > 0) continue;
    if (await isOver(runs, runId, afterSeq)) return;
    await orAborted(more, options.signal);
  }
}

/** Waits for `promise` or for the signal, whichever comes first, and leaves no listener behind. */
async function orAborted(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  signal?.addEventListener("abort", onAbort, { once: true });
  await Promise.race([promise, aborted.promise]);
  signal?.removeEventListener("abort", onAbort);
}

/** True when the run has ended and nothing lies after `afterSeq`: a watcher that starts past the end. */
async function isOver(runs: RunStore, runId: string, afterSeq: number): Promise<boolean> {
  const run = await runs.run(runId);
  return !run || (run.endedAt !== undefined && afterSeq >= run.lastSeq);
}

/** The error for an unknown run. */
export function runNotFound(runId: string): TrainyardError {
  const message = `There is no run \`${runId}\`. \`list_runs\` shows those there are.`;
  return new TrainyardError("RUN_NOT_FOUND", message, { data: { runId } });
}
