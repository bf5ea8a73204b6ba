import type { JsonObject } from "./json.ts";

/**
 * Parameters a plugin recommends for a step, so that a plan starts from known-good values. Among the recipes that
 * match, the one with the most conditions wins each parameter.
 */
export interface Recipe {
  /** Shown as the provenance of its parameters. */
  readonly name: string;
  readonly tool: string;
  /** Literal inputs the step (or, for ports, the step that feeds the port) must already have. */
  readonly when?: JsonObject;
  /** Parameters of the step. */
  readonly input?: JsonObject;
  /**
   * Parameters of the steps that feed its ports; naming an optional port plans a step for it. Steps of the same tool
   * with the same parameters are shared.
   */
  readonly sources?: Readonly<Record<string, JsonObject>>;
}
