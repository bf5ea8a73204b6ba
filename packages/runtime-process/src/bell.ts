/** Wakes whoever waits for something new. */
export interface Bell {
  ring(): void;
  /** Resolves at the next ring, at the latest after `limitMs`. */
  wait(limitMs: number): Promise<void>;
}

/** Makes a bell that any number of readers can wait on. */
export function createBell(): Bell {
  const waiting = new Set<() => void>();
  return {
    ring() {
      for (const wake of waiting) wake();
    },
    wait(limitMs) {
      return new Promise((resolve) => {
        function wake(): void {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
        const timer = setTimeout(wake, limitMs);
        waiting.add(wake);
      });
    },
  };
}
