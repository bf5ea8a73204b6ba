import type { RunEventBody } from "./events.ts";
import type { Lease, RunStore } from "./run-store.ts";

/** Appends the events of one run; all events of one turn of the event loop are one commit. */
export interface RunLog {
  /** Resolves when the events are on disk. Rejects when they could not be written; the log is broken from then on. */
  append(...events: readonly RunEventBody[]): Promise<void>;
  /** As `append`, for events nobody waits for; a failure shows in `broken`. */
  note(event: RunEventBody): void;
  /** Resolves with the error of the first write that failed. */
  readonly broken: Promise<unknown>;
}

/** Opens the log of a run that `lease` owns; `onCommit` is called when events are on disk. */
export function openRunLog(store: RunStore, lease: Lease, onCommit: () => void): RunLog {
  let pending: RunEventBody[] = [];
  let flush: Promise<void> | undefined;
  let writing: Promise<void> = Promise.resolve();
  let sealed = false;
  const broken = Promise.withResolvers<unknown>();

  async function write(): Promise<void> {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    const batch = pending;
    pending = [];
    flush = undefined;
    // Commits stay in order: a batch waits for the one before it.
    writing = writing.then(async () => {
      await store.append(lease, batch);
      onCommit();
    });
    await writing;
  }

  function append(...events: readonly RunEventBody[]): Promise<void> {
    // Nothing comes after the end: a tool that was left behind may still talk, a late cancel has nothing to stop.
    if (sealed) return Promise.resolve();
    sealed = events.some((event) => event.type === "run-end");
    pending.push(...events);
    flush ??= write();
    return flush;
  }

  return {
    append: (...events) =>
      append(...events).catch((error: unknown) => (broken.resolve(error), Promise.reject(error))),
    note: (event) => void append(event).catch(broken.resolve),
    broken: broken.promise,
  };
}
