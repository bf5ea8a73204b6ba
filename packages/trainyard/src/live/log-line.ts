import type { RunEventOf } from "@trainyard/core";
import type { Palette } from "../text/palette.ts";
import { sanitize } from "../text/sanitize.ts";

/** A line of log that a watcher should see at once: warnings and errors only. */
export function logLine(event: RunEventOf<"step-log">, palette: Palette): string | undefined {
  if (event.level !== "warning" && event.level !== "error") return undefined;
  return `${palette(event.level === "error" ? "bad" : "warn", `${event.level}:`)} ${event.stepId}: ${sanitize(event.message)}`;
}
