import { isExactNumber } from "./exact-json.ts";
import { datasetInvalid } from "./invalid.ts";

/** A row as a file holds it. */
export interface RawRow {
  /** File and line or index, for messages. */
  readonly where: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Checks that a parsed value is a row. Throws `DATASET_INVALID` naming the place. */
export function asRow(value: unknown, where: string): RawRow {
  if (isRecord(value)) return { where, values: value };
  throw datasetInvalid(`${where} is ${described(value)}; every row must be an object with named columns.`);
}

/** The kind of a parsed value, as a message and the report of columns call it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return Array.isArray(value) ? "list" : isExactNumber(value) ? "number" : typeof value;
}

/** The kind of a parsed value with its article. */
export function described(value: unknown): string {
  const kind = kindOf(value);
  return kind === "null" ? kind : `a ${kind}`;
}

/** True for an object that is not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** An own property, so that a column called `constructor` is never found by accident. */
export function own(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
