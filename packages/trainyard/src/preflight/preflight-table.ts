import type { PreflightReport, StepPreflight } from "@trainyard/core";
import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { renderTable } from "../text/table.ts";
import { bytesText, countText, durationText } from "../text/units.ts";

const COLUMNS = [
  { title: "step" },
  { title: "parameters", align: "right" },
  { title: "memory", align: "right" },
  { title: "disk", align: "right" },
  { title: "time" },
  { title: "verdict" },
] as const;

/** Shows what each step needs, its biggest terms of memory, and warnings. */
export function renderPreflight(steps: readonly StepPreflight[], palette: Palette): string {
  if (steps.length === 0) return palette("dim", "No step says what it needs.");
  const rows = steps.map((step) => preflightRow(step));
  const notes = steps.flatMap((step) => noteLines(step, palette));
  const warnings = warningLines(steps, palette);
  return [palette("title", "Needs"), renderTable(COLUMNS, rows, palette), ...notes, ...warnings].join("\n");
}

function preflightRow({ stepId, report }: StepPreflight): readonly string[] {
  const { parameters, trainableParameters, memoryBytes, device, diskBytes, timeMs } = report;
  const trained = trainableParameters !== undefined && trainableParameters !== parameters;
  return [
    stepId,
    parameters === undefined
      ? "-"
      : `${countText(parameters)}${trained ? ` (${countText(trainableParameters)} trained)` : ""}`,
    memoryBytes === undefined ? "-" : `${bytesText(memoryBytes)} ${device === "gpu" ? "GPU" : "RAM"}`,
    diskBytes === undefined ? "-" : bytesText(diskBytes),
    timeMs ? `${durationText(timeMs.low)} – ${durationText(timeMs.high)}` : "unknown",
    verdictOf(report),
  ];
}

function verdictOf({ shortfalls, memoryBytes }: PreflightReport): string {
  if (shortfalls.length > 0)
    return `lacks ${[...new Set(shortfalls.map(({ resource }) => resource))].join(", ")}`;
  return memoryBytes === undefined ? "not known yet" : "fits";
}

function noteLines({ stepId, report }: StepPreflight, palette: Palette): readonly string[] {
  const terms = report.terms.map(({ name, bytes }) => `${sanitizeLine(name)} ${bytesText(bytes)}`).join(", ");
  return [
    ...(terms ? [palette("dim", `${stepId}: memory is ${terms}`)] : []),
    ...(report.timeMs ? [palette("dim", `${stepId}: time from ${sanitizeLine(report.timeMs.basis)}`)] : []),
  ];
}

/** One line per warning, with every step it is about. */
function warningLines(steps: readonly StepPreflight[], palette: Palette): readonly string[] {
  const stepsByWarning = Map.groupBy(
    steps.flatMap(({ stepId, report }) => report.warnings.map((warning) => ({ stepId, warning }))),
    ({ warning }) => warning,
  );
  return [...stepsByWarning].map(
    ([warning, places]) =>
      `${palette("warn", "warning:")} ${places.map(({ stepId }) => stepId).join(", ")}: ${sanitizeLine(warning)}`,
  );
}
