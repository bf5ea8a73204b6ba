import { endTree, type ProcessTree } from "./process-tree.ts";

/** Why a supervisor ended its job. */
type EndCause = "stopped" | "timedOut" | "orphaned" | "oomKilled";

/** The one ending of a job, however many ask for it. */
export interface Ending {
  /** Who asked first; undefined for a job that ended by itself. */
  cause(): EndCause | undefined;
  /** Begins the end, or brings it forward when `graceMs` is shorter than what is left. */
  request(cause: EndCause, graceMs: number): void;
  /** Resolves when nothing is alive; leaves what is still running `graceMs` unless an end is under way. */
  finish(graceMs: number): Promise<void>;
}

/** Ends the processes of `tree` once. */
export function createEnding(tree: ProcessTree): Ending {
  let cause: EndCause | undefined;
  let deadline = Infinity;
  let running: Promise<void> | undefined;

  function begin(graceMs: number): Promise<void> {
    deadline = Math.min(deadline, performance.now() + graceMs);
    running ??= endTree(tree, () => deadline);
    return running;
  }

  return {
    cause: () => cause,
    request(reason, graceMs) {
      cause ??= reason;
      void begin(graceMs);
    },
    finish: (graceMs) => running ?? begin(graceMs),
  };
}
