import { sanitizeLine } from "../text/sanitize.ts";
import { durationText, numberText } from "../text/units.ts";
import type { StepView } from "./run-view.ts";

/** Metrics worth a glance while a step runs, best first. */
const SHOWN_METRICS = ["loss", "eval_loss", "f1", "exact_match"];
const MAX_OTHER_METRICS = 2;

/** How much of the counted work is done, from 0 to 1, where that can be known. */
export function fractionOf({ progress }: StepView): number | undefined {
  if (progress?.current === undefined || !progress.total || progress.total <= 0) return undefined;
  return Math.min(1, Math.max(0, progress.current / progress.total));
}

/** Milliseconds until the counted work is done, at the pace so far; undefined before there is a pace. */
function remainingMs(step: StepView, now: number): number | undefined {
  const { progress, progressFrom: from, progressAt } = step;
  if (!from || progress?.current === undefined || !progress.total || progressAt === undefined)
    return undefined;
  const done = progress.current - from.current;
  const elapsedMs = progressAt - from.at;
  if (done <= 0 || elapsedMs <= 0) return undefined;
  const leftAtReport = (elapsedMs / done) * (progress.total - progress.current);
  return Math.max(0, leftAtReport - (now - progressAt));
}

/** The count, such as `40/100 steps`. */
function countOf({ progress }: StepView): string {
  if (progress?.current === undefined) return "";
  const total = progress.total === undefined ? "" : `/${numberText(progress.total)}`;
  const unit = progress.unit ? ` ${sanitizeLine(progress.unit)}` : "";
  return `${numberText(progress.current)}${total}${unit}`;
}

/** The metrics of a step in short, such as `loss 2.31`. */
function metricsOf({ metrics }: StepView): string {
  const names = Object.keys(metrics);
  const known = SHOWN_METRICS.filter((name) => names.includes(name));
  const shown = known.length > 0 ? known : names.slice(0, MAX_OTHER_METRICS);
  return shown.map((name) => `${sanitizeLine(name)} ${numberText(metrics[name]!)}`).join(" ");
}

/** What a running step has to tell, most important first. */
export function detailsOf(step: StepView, now: number): readonly string[] {
  const left = remainingMs(step, now);
  return [
    countOf(step),
    left === undefined ? "" : `${durationText(left)} left`,
    metricsOf(step),
    sanitizeLine(step.progress?.message ?? ""),
  ].filter(Boolean);
}

/** How long a step took, or has been running. */
export function elapsedText({ startedAt, endedAt }: StepView, now: number): string {
  return startedAt === undefined ? "" : durationText(Math.max(0, (endedAt ?? now) - startedAt));
}

/** What is said of a step once it has ended. */
export function endText(step: StepView): string {
  const metrics = metricsOf(step);
  const took = elapsedText(step, step.endedAt ?? 0);
  switch (step.status) {
    case "cached":
      return "from an earlier run";
    case "skipped":
      return `skipped: ${sanitizeLine(step.reason ?? "not needed")}`;
    case "failed":
      return [took, sanitizeLine(step.error?.message ?? "failed")].filter(Boolean).join("  ");
    case "cancelled":
      return ["cancelled", took].filter(Boolean).join(" after ");
    default:
      return [took, metrics].filter(Boolean).join("  ");
  }
}
