import { isDeepStrictEqual } from "node:util";
import { parseReference, type JsonValue, type Plan, type Provenance } from "@trainyard/core";
import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { padEnd, truncate, widthOf } from "../text/width.ts";
import { levelsOf, type PlannedStep } from "./workflow-shape.ts";

const MAX_VALUE_COLUMNS = 60;

/** A literal of a step's input, named by its path such as `overrides.seed`. */
type Field = readonly [name: string, value: JsonValue];

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
  const known = new Map(
    provenance.filter((entry) => entry.stepId === stepId).map((entry) => [entry.parameter, entry]),
  );
  const input = Object.entries(spec.steps[stepId]?.input ?? {});
  const given = input.flatMap(([name, value]) => fieldsOf(name, value, known));
  const names = new Set([...input, ...given].map(([name]) => name));
  // Only a default holds where the spec says nothing; any other entry tells of a value that is no longer there.
  const implied = [...known.values()]
    .filter(({ source, parameter }) => source === "default" && !names.has(parameter))
    .map(({ parameter, value }): Field => [parameter, value]);
  return [...given, ...implied]
    .filter(([, value]) => !isReference(value))
    .map(([name, value]) => [sanitizeLine(name), valueText(value), sourceText(value, known.get(name))]);
}

/** An object whose fields are told one by one needs no line of its own. */
function fieldsOf(name: string, value: JsonValue, known: ReadonlyMap<string, Provenance>): readonly Field[] {
  const hasParts = [...known.keys()].some((parameter) => parameter.startsWith(`${name}.`));
  if (!hasParts || typeof value !== "object" || value === null || isReference(value)) return [[name, value]];
  return Object.entries(value as Readonly<Record<string, JsonValue>>).flatMap(([key, inner]) =>
    fieldsOf(`${name}.${key}`, inner, known),
  );
}

function isReference(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isReference);
  return parseReference(value) !== undefined;
}

function valueText(value: JsonValue): string {
  return truncate(sanitizeLine(typeof value === "string" ? value : JSON.stringify(value)), MAX_VALUE_COLUMNS);
}

/** Of what differs from what was planned, a person is the source. */
function sourceText(value: JsonValue, entry: Provenance | undefined): string {
  if (!entry) return "plan file";
  return isDeepStrictEqual(value, entry.value) ? originText(entry) : "edited";
}

function originText(entry: Provenance): string {
  const detail = entry.detail && truncate(sanitizeLine(entry.detail), MAX_VALUE_COLUMNS);
  if (!detail) return entry.source;
  if (detail.startsWith(entry.source)) return detail;
  return entry.source === "goal" ? `goal "${detail}"` : `${entry.source}: ${detail}`;
}
