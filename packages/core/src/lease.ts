import type { Lease, RunStore } from "./run-store.ts";

/** Renews a lease at a third of its time to live until the returned function is called; `onLost` hears of its loss. */
export function keepLease(
  runs: RunStore,
  lease: Lease,
  ttlMs: number,
  onLost: (error: unknown) => void,
): () => void {
  const timer = setInterval(() => {
    runs.renew(lease, ttlMs).catch((error: unknown) => {
      clearInterval(timer);
      onLost(error);
    });
  }, ttlMs / 3);
  timer.unref();
  return () => clearInterval(timer);
}
