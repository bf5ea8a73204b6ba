import type { Palette } from "./palette.ts";
import { padEnd, padStart, widthOf } from "./width.ts";

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** Default `left`. */
  readonly align?: "left" | "right";
}

/** Lays cells out in aligned columns, two spaces apart. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], palette: Palette): string {
  const widths = columns.map(({ title }, index) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[index] ?? ""))));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, index) => (align === "right" ? padStart : padEnd)(cells[index] ?? "", widths[index]!))
      .join("  ")
      .trimEnd();
  const header = palette("dim", line(columns.map(({ title }) => title)));
  return [header, ...rows.map(line)].join("\n");
}
