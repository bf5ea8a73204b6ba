/** Wakes whoever waits for something new. */
export interface Bell {
  ring(): void;
  /** How often it has rung: take it before looking, so that no ring is missed between looking and waiting. */
  rings(): number;
  /** Resolves once it has rung more than `rings` times, at the latest after `limitMs`. */
  wait(rings: number, limitMs: number): Promise<void>;
}

/** Makes a bell that any number of readers can wait on. */
export function createBell(): Bell {
  const waiting = new Set<() => void>();
  let count = 0;
  return {
    ring() {
      count++;
      for (const wake of waiting) wake();
    },
    rings: () => count,
    async wait(rings, limitMs) {
      if (count > rings) return;
      await new Promise<void>((resolve) => {
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
