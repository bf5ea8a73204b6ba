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
  const found = value === null ? "null" : Array.isArray(value) ? "a list" : `a ${typeof value}`;
  throw datasetInvalid(`${where} is ${found}; every row must be an object with named columns.`);
}

/** True for an object that is not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An own property, so that a column called `constructor` is never found by accident. */
export function own(values: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
