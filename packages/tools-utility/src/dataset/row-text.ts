import { parseExact } from "./exact-json.ts";

/** Text made from a value, and whether it was something else before. */
export interface RowText {
  readonly text: string;
  readonly converted: boolean;
}

/** The text of a field: numbers and objects are written out; undefined where there is nothing. */
export function toText(value: unknown): RowText | undefined {
  if (typeof value === "string") return { text: value, converted: false };
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "object") return { text: String(value), converted: true };
  try {
    return { text: JSON.stringify(value), converted: true };
  } catch {
    // Nested deeper than the stack reaches.
    return undefined;
  }
}

/** A value that a CSV cell holds as JSON; anything else unchanged. */
export function fromCell(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return parseExact(value);
  } catch {
    return value;
  }
}
