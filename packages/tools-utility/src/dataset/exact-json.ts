interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): value is { readonly rawJSON: string };
}

// TypeScript's library does not have what Node does.
const exact = JSON as unknown as ExactJson;

/**
 * Parses JSON so that it is written out again as it stands: a number that JavaScript would write otherwise, such as
 * `1.0` or one beyond 2^53, is kept as it was written (`JSON.rawJSON`). Throws `SyntaxError`.
 */
export function parseExact(text: string): unknown {
  try {
    return exact.parse(text, keepSource);
  } catch (error) {
    // Nested deeper than a reviver can follow; what is done with such a value decides about it.
    if (error instanceof RangeError) return JSON.parse(text) as unknown;
    throw error;
  }
}

function keepSource(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  return typeof value === "number" && source !== undefined && String(value) !== source
    ? exact.rawJSON(source)
    : value;
}

/** True for a number that {@link parseExact} kept as it was written. */
export function isExactNumber(value: unknown): value is { readonly rawJSON: string } {
  return exact.isRawJSON(value);
}

/** The number behind a number, kept as it was written or not; anything else unchanged. */
export function plainNumber(value: unknown): unknown {
  return isExactNumber(value) ? Number(value.rawJSON) : value;
}
