import { TrainyardError } from "@trainyard/core";

const MARK = "$number";
const NOT_FINITE: ReadonlySet<unknown> = new Set(["NaN", "Infinity", "-Infinity"]);

/** JSON text that keeps `NaN` and infinities, which a diverging training reports; `undefined` gives null. */
export function toText(value: unknown): string | null {
  if (value === undefined) return null;
  try {
    return JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "number" && !Number.isFinite(inner) ? { [MARK]: String(inner) } : inner,
    );
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new TrainyardError("INPUT_INVALID", `The value cannot be stored as JSON: ${reason}`, {
      cause: thrown,
    });
  }
}

/** Reads what {@link toText} wrote; null gives `undefined`. */
export function fromText<T>(text: string | null): T | undefined {
  if (text === null) return undefined;
  return JSON.parse(text, text.includes(MARK) ? revive : undefined) as T;
}

function revive(_key: string, inner: unknown): unknown {
  if (typeof inner !== "object" || inner === null || !(MARK in inner)) return inner;
  const { [MARK]: name, ...rest } = inner as Record<string, unknown>;
  return NOT_FINITE.has(name) && Object.keys(rest).length === 0 ? Number(name) : inner;
}
