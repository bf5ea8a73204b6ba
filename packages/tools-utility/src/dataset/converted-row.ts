import type { JsonObject } from "@trainyard/core";
import { own } from "./raw-row.ts";
import { toText } from "./row-text.ts";

/** Something worth a warning about a row that is kept. */
export type RowNote = "empty" | "converted" | "unanswerable" | "answer-elsewhere";

/** A row in its stored form, or why it cannot be used; reasons never quote the row. */
export type ConvertedRow =
  { readonly row: JsonObject; readonly notes: readonly RowNote[] } | { readonly dropped: string };

/** Columns of a row by name. */
export type Values = Readonly<Record<string, unknown>>;

/** Keeps the named fields as text, all of which must be there. */
export function textFields(values: Values, names: readonly string[]): ConvertedRow {
  const texts = names.map((name) => ({ name, text: toText(own(values, name)) }));
  const missing = texts.find(({ text }) => text === undefined);
  if (missing) return { dropped: `no \`${missing.name}\`` };
  const notes: RowNote[] = [];
  if (texts.some(({ text }) => text!.converted)) notes.push("converted");
  if (texts.some(({ text }) => text!.text.trim() === "")) notes.push("empty");
  return { row: Object.fromEntries(texts.map(({ name, text }) => [name, text!.text])), notes };
}
