import type { RunEvent, WorkflowSpecInput } from "@trainyard/core";
import type { Palette } from "../text/palette.ts";
import { renderEnd } from "./frame.ts";
import { logLine } from "./log-line.ts";
import { applyEvent, emptyRunView, type RunView, type StepView } from "./run-view.ts";
import { detailsOf, fractionOf } from "./step-text.ts";
import type { LiveView } from "./view.ts";

const QUIET_MS = 10_000;
const SHARE = 0.1;
/** A change of what is being done is told sooner, but not each of many in a row. */
const MESSAGE_QUIET_MS = 3000;

interface Shown {
  readonly at: number;
  readonly fraction: number;
  readonly message: string | undefined;
}

/** Writes a run as lines, for pipes and logs: each start and end, and progress every tenth or every ten seconds. */
export function plainView(
  spec: WorkflowSpecInput,
  write: (line: string) => void,
  palette: Palette,
): LiveView {
  let view: RunView = emptyRunView(spec);
  const shown = new Map<string, Shown>();

  function progressLine(step: StepView, at: number): string | undefined {
    const fraction = fractionOf(step) ?? 0;
    const last = shown.get(step.stepId) ?? { at: step.startedAt ?? at, fraction: 0, message: undefined };
    const message = step.progress?.message;
    const quietMs = message === last.message ? QUIET_MS : MESSAGE_QUIET_MS;
    const due = fraction - last.fraction >= SHARE || at - last.at >= quietMs;
    if (!due) return undefined;
    shown.set(step.stepId, { at, fraction, message });
    const percent = fraction > 0 ? [`${Math.floor(fraction * 100)}%`] : [];
    return `  ${step.stepId}  ${[...percent, ...detailsOf(step, at)].join("  ")}`;
  }

  function lineFor(event: RunEvent): string | undefined {
    if (event.type === "step-log") return logLine(event, palette);
    if (event.type === "run-cancel") return palette("warn", "stopping …");
    const step = "stepId" in event ? view.steps.get(event.stepId) : undefined;
    if (!step) return undefined;
    if (event.type === "step-start")
      return `▸ ${step.stepId}  ${step.tool}${event.attempt > 1 ? `, attempt ${event.attempt}` : ""}`;
    if (event.type === "step-progress") return progressLine(step, event.at);
    if (event.type === "step-end") return renderEnd(step, { columns: Infinity, palette });
    return undefined;
  }

  return {
    show(event) {
      view = applyEvent(view, event);
      const line = lineFor(event);
      if (line !== undefined) write(line);
    },
    note: write,
    close: () => undefined,
  };
}
