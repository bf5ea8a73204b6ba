import { TrainyardError } from "./errors.ts";
import type { Lease, RunStore } from "./run-store.ts";

/**
 * Renews a lease at a third of its time to live until the returned function is called. `onLost` hears when another
 * owner has it, or when it could not be renewed in time.
 */
export function keepLease(
  runs: RunStore,
  lease: Lease,
  ttlMs: number,
  onLost: (error: unknown) => void,
): () => void {
  let renewedAt = performance.now();
  const timer = setInterval(() => {
    runs.renew(lease, ttlMs).then(
      () => {
        renewedAt = performance.now();
      },
      (error: unknown) => {
        const taken = TrainyardError.is(error) && error.code === "STORE_CONFLICT";
        if (!taken && performance.now() - renewedAt < ttlMs) return;
        clearInterval(timer);
        onLost(error);
      },
    );
  }, ttlMs / 3);
  timer.unref();
  return () => clearInterval(timer);
}
