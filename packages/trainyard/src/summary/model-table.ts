import type { Palette } from "../text/palette.ts";
import { sanitizeLine } from "../text/sanitize.ts";
import { type Column, renderTable } from "../text/table.ts";
import { bytesText } from "../text/units.ts";
import type { ModelRow } from "./model-rows.ts";

const COLUMNS: readonly Column[] = [
  { title: "model" },
  { title: "EM", align: "right" },
  { title: "F1", align: "right" },
  { title: "perplexity", align: "right" },
  { title: "size", align: "right" },
  { title: "change" },
];

/** Shows scores and sizes, each model against the first; columns that nothing fills are left out. */
export function renderModels(rows: readonly ModelRow[], palette: Palette): string {
  const cells = rows.map((row) => [
    sanitizeLine(row.model),
    scoreText(row.exactMatch),
    scoreText(row.f1),
    row.perplexity === undefined ? "" : row.perplexity.toPrecision(4),
    sizeText(row),
    row === rows[0] ? "base" : changeText(row, rows[0]!),
  ]);
  const used = COLUMNS.map((_, index) => cells.some((row) => row[index] !== ""));
  return renderTable(
    COLUMNS.filter((_, index) => used[index]),
    cells.map((row) => row.filter((_, index) => used[index])),
    palette,
  );
}

function sizeText({ sizeBytes, isAdapter }: ModelRow): string {
  if (sizeBytes === undefined) return "";
  return `${isAdapter ? "adapter " : ""}${bytesText(sizeBytes)}`;
}

function scoreText(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(1);
}

function changeText(row: ModelRow, base: ModelRow): string {
  const parts = [
    differenceText("EM", row.exactMatch, base.exactMatch),
    differenceText("F1", row.f1, base.f1),
    row.exactMatch === undefined && row.f1 === undefined
      ? differenceText("perplexity", row.perplexity, base.perplexity)
      : "",
    row.isAdapter || base.isAdapter ? "" : ratioText(row.sizeBytes, base.sizeBytes),
  ];
  return parts.filter(Boolean).join(", ");
}

function differenceText(name: string, value: number | undefined, base: number | undefined): string {
  if (value === undefined || base === undefined) return "";
  const difference = value - base;
  return `${name} ${difference < 0 ? "−" : "+"}${Math.abs(difference).toFixed(1)}`;
}

function ratioText(value: number | undefined, base: number | undefined): string {
  if (value === undefined || !base) return "";
  return `size ×${(value / base).toFixed(2)}`;
}
