/** Longest delay a timer of Node can have. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Calls `onTime` after `delayMs`, however long that is; returns the way to call it off. */
export function startDeadline(delayMs: number, onTime: () => void): () => void {
  const dueAt = performance.now() + delayMs;
  let timer: NodeJS.Timeout;
  function arm(): void {
    const leftMs = dueAt - performance.now();
    timer = setTimeout(leftMs > MAX_DELAY_MS ? arm : onTime, Math.min(Math.max(leftMs, 0), MAX_DELAY_MS));
  }
  arm();
  return () => clearTimeout(timer);
}
