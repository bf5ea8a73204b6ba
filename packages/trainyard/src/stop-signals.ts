/** A keypress can arrive twice: from the terminal, and forwarded by whatever started this program. */
const SAME_KEYPRESS_MS = 500;
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Who hears of signals: the last one only, so that a run can be stopped gracefully inside a command that just ends. */
const listeners: (() => void)[] = [];
const tellLast = () => listeners.at(-1)?.();

/** Calls `first` at the first Ctrl-C or SIGTERM and `again` at each later one, until the returned function is called. */
export function onStopSignal(first: () => void, again: () => void): () => void {
  let last: number | undefined;
  const listener = () => {
    const now = Date.now();
    if (last !== undefined && now - last < SAME_KEYPRESS_MS) return;
    (last === undefined ? first : again)();
    last = now;
  };
  if (listeners.push(listener) === 1) for (const signal of SIGNALS) process.on(signal, tellLast);
  return () => {
    listeners.splice(listeners.indexOf(listener), 1);
    if (listeners.length === 0) for (const signal of SIGNALS) process.off(signal, tellLast);
  };
}

/** `work`, or a rejection with the reason of `signal` as soon as that is aborted; `work` goes on unheard. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
