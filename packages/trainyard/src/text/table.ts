import type { Palette } from "./palette.ts";
import { padEnd, padStart, widthOf } from "./width.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Default `left`. */
  readonly align?: "left" | "right";
}

/** Lays cells out under their titles, in aligned columns. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  palette: Palette,
): string {
  const aligns = columns.map(({ align }) => align);
  const [header = "", ...lines] = alignCells([columns.map(({ title }) => title), ...rows], aligns);
  return [palette("dim", header), ...lines].join("\n");
}

/** Lays cells out in columns two spaces apart, one line a row; `aligns` is `left` where it says nothing. */
export function alignCells(
  rows: readonly (readonly string[])[],
  aligns: readonly Column["align"][] = [],
): readonly string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => widthOf(row[index] ?? ""))));
  return rows.map((row) =>
    widths
      .map((width, index) => (aligns[index] === "right" ? padStart : padEnd)(row[index] ?? "", width))
      .join("  ")
      .trimEnd(),
  );
}
