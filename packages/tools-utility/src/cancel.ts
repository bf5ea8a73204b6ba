import { TrainyardError } from "@trainyard/core";

/** Throws `CANCELLED` once the step is asked to stop. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled(signal.reason);
}

/** The error of a step that was asked to stop. */
export function cancelled(cause?: unknown): TrainyardError {
  return new TrainyardError("CANCELLED", "The step was cancelled.", { cause });
}
