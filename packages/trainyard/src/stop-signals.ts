/** A keypress can arrive twice: from the terminal, and forwarded by whatever started this program. */
const SAME_KEYPRESS_MS = 500;

/** Calls `first` at the first Ctrl-C or SIGTERM and `again` at each later one, until the returned function is called. */
export function onStopSignal(first: () => void, again: () => void): () => void {
  let last: number | undefined;
  const onSignal = () => {
    const now = Date.now();
    if (last !== undefined && now - last < SAME_KEYPRESS_MS) return;
    (last === undefined ? first : again)();
    last = now;
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}
