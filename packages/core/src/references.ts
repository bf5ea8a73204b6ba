import { type OutputReference, parseReference } from "./spec.ts";

/** A `$from` somewhere inside a step's input. */
export interface PlacedReference extends OutputReference {
  /** Path from the input's root. */
  readonly path: readonly (string | number)[];
}

/** Every reference in `input`, nested ones included; the compiler bounds the depth. */
export function findReferences(
  input: unknown,
  path: readonly (string | number)[] = [],
): readonly PlacedReference[] {
  const reference = parseReference(input);
  if (reference) return [{ ...reference, path }];
  if (typeof input !== "object" || input === null) return [];
  return Object.entries(input).flatMap(([key, value]) =>
    findReferences(value, [...path, Array.isArray(input) ? Number(key) : key]),
  );
}

/** A copy of `input` with each reference replaced by what `resolve` gives; `undefined` leaves the field out. */
export function replaceReferences(input: unknown, resolve: (reference: OutputReference) => unknown): unknown {
  const reference = parseReference(input);
  if (reference) return resolve(reference);
  if (Array.isArray(input)) return input.map((item) => replaceReferences(item, resolve));
  if (typeof input !== "object" || input === null) return input;
  return Object.fromEntries(
    Object.entries(input)
      .map(([key, value]) => [key, replaceReferences(value, resolve)] as const)
      .filter(([, value]) => value !== undefined),
  );
}
