import { parseReference, type JsonValue, type Plan, type Provenance } from "@trainyard/core";
import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { padEnd, truncate, widthOf } from "../text/width.ts";
import { levelsOf, type PlannedStep } from "./workflow-shape.ts";

const MAX_VALUE_COLUMNS = 60;

/** A parameter as one row: its name, its value, where it comes from. */
type ParameterRow = readonly [name: string, value: string, origin: string];

/** Shows a plan: what runs side by side, what flows where, and where each parameter comes from. */
export function renderPlan({ spec, provenance }: Plan, palette: Palette): string {
  const levels = levelsOf(spec);
  const steps = levels.flat();
  const idWidth = Math.max(...steps.map(({ stepId }) => widthOf(stepId)));
  const toolWidth = Math.max(...steps.map(({ tool }) => widthOf(sanitizeLine(tool))));
  const blocks = levels.flatMap((level, index) => [
    palette("dim", stageTitle(index, level)),
    ...level.flatMap((step) =>
      stepLines(step, parameterRows(step, spec, provenance), { idWidth, toolWidth }, palette),
    ),
  ]);
  return [palette("title", `Plan: ${sanitizeLine(spec.name ?? "workflow")}`), ...blocks].join("\n");
}

function stageTitle(index: number, { length }: readonly PlannedStep[]): string {
  return `Stage ${index + 1}${length > 1 ? ` (${length} steps side by side)` : ""}`;
}

function stepLines(
  step: PlannedStep,
  rows: readonly ParameterRow[],
  { idWidth, toolWidth }: { readonly idWidth: number; readonly toolWidth: number },
  palette: Palette,
): readonly string[] {
  const sources = step.inlets.map(({ parameter, from }) => sanitizeLine(`${from} → ${parameter}`)).join(", ");
  const head = `  ${palette("name", padEnd(step.stepId, idWidth))}  ${padEnd(sanitizeLine(step.tool), toolWidth)}`;
  const indent = " ".repeat(idWidth + 4);
  const nameWidth = Math.max(0, ...rows.map(([name]) => widthOf(name)));
  const valueWidth = Math.max(0, ...rows.map(([, value]) => widthOf(value)));
  return [
    (sources ? `${head}  ← ${sources}` : head).trimEnd(),
    ...rows.map(([name, value, origin]) =>
      `${indent}${padEnd(name, nameWidth)}  ${padEnd(value, valueWidth)}  ${palette("dim", origin)}`.trimEnd(),
    ),
  ];
}

function parameterRows(
  { stepId }: PlannedStep,
  spec: Plan["spec"],
  provenance: readonly Provenance[],
): readonly ParameterRow[] {
  const input = spec.steps[stepId]?.input ?? {};
  const known = new Map(
    provenance.filter((entry) => entry.stepId === stepId).map((entry) => [entry.parameter, entry]),
  );
  const given = Object.entries(input)
    .filter(([name, value]) => !isReference(value) && !hasParts(name, known))
    .map(([name, value]): ParameterRow => [
      sanitizeLine(name),
      valueText(value),
      originText(known.get(name)),
    ]);
  const implied = [...known.values()]
    .filter((entry) => !Object.hasOwn(input, entry.parameter) && !isReference(entry.value))
    .map((entry): ParameterRow => [sanitizeLine(entry.parameter), valueText(entry.value), originText(entry)]);
  return [...given, ...implied];
}

/** An object whose fields are told one by one needs no line of its own. */
function hasParts(name: string, known: ReadonlyMap<string, Provenance>): boolean {
  return [...known.keys()].some((parameter) => parameter.startsWith(`${name}.`));
}

function isReference(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isReference);
  return parseReference(value) !== undefined;
}

function valueText(value: JsonValue): string {
  return truncate(sanitizeLine(typeof value === "string" ? value : JSON.stringify(value)), MAX_VALUE_COLUMNS);
}

function originText(entry: Provenance | undefined): string {
  if (!entry) return "";
  const detail = entry.detail && truncate(sanitizeLine(entry.detail), MAX_VALUE_COLUMNS);
  if (!detail) return entry.source;
  if (detail.startsWith(entry.source)) return detail;
  return entry.source === "goal" ? `goal "${detail}"` : `${entry.source}: ${detail}`;
}
