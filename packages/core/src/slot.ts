import type PQueue from "p-queue";

/**
 * Runs work when the queue has room. Rejects with the signal's reason when it aborts before that; once begun, the work
 * itself must heed the signal, since only then is it known that nothing of it is alive.
 */
export async function inSlot<T>(queue: PQueue, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const waiting = new AbortController();
  const giveUp = () => waiting.abort(signal.reason);
  const begin = async () => {
    signal.removeEventListener("abort", giveUp);
    return await work();
  };
  signal.throwIfAborted();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    return await queue.add(begin, { signal: waiting.signal });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
