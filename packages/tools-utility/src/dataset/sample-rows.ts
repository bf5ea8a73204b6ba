import type { JsonObject, JsonValue } from "@trainyard/core";

const MAX_TEXT = 500;
const MAX_ITEMS = 10;

/** A row short enough to show: long texts and lists are cut. */
export function shortRow(row: JsonObject): JsonObject {
  return short(row) as JsonObject;
}

function short(value: JsonValue | undefined): JsonValue {
  if (typeof value === "string") return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
  if (typeof value !== "object" || value === null) return value ?? null;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).slice(0, MAX_ITEMS).map(short);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, short(inner)]));
}
