import type { RunEvent } from "@trainyard/core";

/** Shows a run to people while it goes on. */
export interface LiveView {
  show(event: RunEvent): void;
  /** A line about the run that stays. */
  note(text: string): void;
  close(): void;
}

/** Shows nothing, for programs that read the events themselves. */
export function silentView(note: (text: string) => void): LiveView {
  return { show: () => undefined, note, close: () => undefined };
}
