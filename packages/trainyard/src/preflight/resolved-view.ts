import type { StepPreflight } from "@trainyard/core";
import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { padEnd, truncate, widthOf } from "../text/width.ts";

const MAX_VALUE_COLUMNS = 60;

/** Shows the parameters each step would run with, defaults and configuration merged. */
export function renderResolved(steps: readonly StepPreflight[], palette: Palette): string {
  return steps
    .flatMap((step) => [palette("title", `Resolved: ${step.stepId} (${step.tool})`), ...valueLines(step)])
    .join("\n");
}

function valueLines({ report }: StepPreflight): readonly string[] {
  const entries = Object.entries(report.resolved).filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...entries.map(([name]) => widthOf(name)));
  return entries.map(([name, value]) => {
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    return `  ${padEnd(sanitizeLine(name), width)}  ${truncate(sanitizeLine(shown), MAX_VALUE_COLUMNS)}`;
  });
}
