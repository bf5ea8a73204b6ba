import type { Catalog } from "./descriptor.ts";
import type { JsonValue } from "./json.ts";
import type { WorkflowSpecInput } from "./spec.ts";

/** Where a parameter of a plan comes from. */
export interface Provenance {
  readonly stepId: string;
  readonly parameter: string;
  readonly value: JsonValue;
  readonly source: "goal" | "preference" | "recipe" | "default" | "plan";
  /** The words of the goal, the recipe's name, or why. */
  readonly detail?: string | undefined;
}

/** Something the goal leaves open that a planner does not guess. */
export interface Unresolved {
  /** What is missing, such as `dataset`. */
  readonly what: string;
  /** A question a person can answer. */
  readonly question: string;
  readonly suggestions: readonly string[];
}

/** What a planner makes of a goal. */
export interface Plan {
  readonly spec: WorkflowSpecInput;
  readonly provenance: readonly Provenance[];
  /** A plan with an entry here must not run. */
  readonly unresolved: readonly Unresolved[];
}

/** Turns a goal in words into a workflow over whatever tools are registered. */
export interface Planner {
  readonly name: string;
  plan(request: {
    readonly goal: string;
    readonly catalog: Catalog;
    /** Earlier turns of the session, summarised; planners may ignore it. */
    readonly context?: string | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<Plan>;
}
