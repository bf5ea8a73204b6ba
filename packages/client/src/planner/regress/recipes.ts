import { canonicalJson, type JsonObject, type JsonValue, type Recipe } from "@trainyard/core";
import type { Sourced } from "./draft.ts";

/** What the recipes that match a step say. */
export interface Advice {
  /** Parameters of the step. */
  readonly input: ReadonlyMap<string, Sourced>;
  /** Parameters of the steps that feed its ports; a port named without parameters has an empty map. */
  readonly sources: ReadonlyMap<string, ReadonlyMap<string, Sourced>>;
}

/** Literals that conditions are matched against: `method`, and `dataset.path` for a port's feeding step. */
export type Literals = ReadonlyMap<string, JsonValue>;

// Parameters of one recipe can meet the conditions of another; chains longer than this are not recipes any more.
const MAX_ROUNDS = 5;

/** Finds what recipes say about a step of `tool` that has `literals`. Literals of the goal are never overruled. */
export function adviceFor(recipes: readonly Recipe[], tool: string, literals: Literals): Advice {
  const mine = recipes
    .filter((recipe) => recipe.tool === tool)
    .map((recipe) => ({ recipe, conditions: Object.entries(recipe.when ?? {}) }))
    .toSorted((a, b) => b.conditions.length - a.conditions.length);
  let known = literals;
  let matched: readonly Recipe[] = [];
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = mine
      .filter(({ conditions }) => conditions.every(([key, value]) => equal(known.get(key), value)))
      .map(({ recipe }) => recipe);
    if (next.length === matched.length && next.every((recipe, index) => recipe === matched[index])) break;
    matched = next;
    known = withInputs(literals, matched);
  }
  return { input: inputOf(matched), sources: sourcesOf(matched) };
}

function equal(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}

function withInputs(literals: Literals, recipes: readonly Recipe[]): Literals {
  return new Map([...[...inputOf(recipes)].map(([name, { value }]) => [name, value] as const), ...literals]);
}

function inputOf(recipes: readonly Recipe[]): ReadonlyMap<string, Sourced> {
  return firstWins(recipes.flatMap((recipe) => sourced(recipe.input ?? {}, recipe.name)));
}

function sourcesOf(recipes: readonly Recipe[]): Advice["sources"] {
  const ports = new Map<string, (readonly [string, Sourced])[]>();
  for (const recipe of recipes) {
    for (const [port, parameters] of Object.entries(recipe.sources ?? {})) {
      ports.set(port, [...(ports.get(port) ?? []), ...sourced(parameters, recipe.name)]);
    }
  }
  return new Map([...ports].map(([port, entries]) => [port, firstWins(entries)]));
}

function sourced(parameters: JsonObject, recipe: string): (readonly [string, Sourced])[] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, { value, source: "recipe", detail: recipe }] as const],
  );
}

function firstWins(entries: readonly (readonly [string, Sourced])[]): ReadonlyMap<string, Sourced> {
  return new Map(entries.toReversed());
}
