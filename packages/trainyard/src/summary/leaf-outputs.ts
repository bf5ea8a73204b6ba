import { isArtifactRef, type JsonValue, type RunRecord, type StepRecord } from "@trainyard/core";
import { levelsOf } from "../plan/workflow-shape.ts";
import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { alignCells } from "../text/table.ts";
import { truncate } from "../text/width.ts";

const MAX_FIELDS = 8;
const MAX_VALUE_COLUMNS = 80;

/** Shows what the last steps of a run gave, a block each; those in `shown` are told of elsewhere. */
export function renderLeafOutputs(
  run: RunRecord,
  steps: readonly StepRecord[],
  shown: ReadonlySet<string>,
  palette: Palette,
): readonly string[] {
  const needed = new Set(
    levelsOf(run.spec).flatMap((level) => level.flatMap((step) => [...step.dependencies])),
  );
  return steps
    .filter(({ stepId }) => !needed.has(stepId) && !shown.has(stepId))
    .flatMap(({ stepId, outputs = {} }) => {
      const rows = Object.entries(outputs).flatMap(([name, value]) => {
        const text = isArtifactRef(value) ? "" : sanitizeLine(plainText(value) ?? "");
        return text ? [[`  ${sanitizeLine(name)}`, truncate(text, MAX_VALUE_COLUMNS)]] : [];
      });
      if (rows.length === 0) return [];
      return [[palette("name", stepId), ...alignCells(rows.slice(0, MAX_FIELDS))].join("\n")];
    });
}

/** A scalar, or scalars one level down, such as the rows of each split; deeper values are not for people. */
function plainText(value: JsonValue): string | undefined {
  if (typeof value !== "object" || value === null) return scalarText(value);
  const entries = Object.entries(value as Readonly<Record<string, JsonValue>>).map(([key, inner]) => {
    const text = scalarText(inner);
    return Array.isArray(value) || text === undefined ? text : `${key} ${text}`;
  });
  return entries.includes(undefined) ? undefined : entries.join(", ");
}

function scalarText(value: JsonValue): string | undefined {
  return typeof value === "object" ? undefined : String(value);
}
