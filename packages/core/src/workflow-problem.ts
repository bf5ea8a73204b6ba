import { nearestName } from "./nearest-name.ts";
import type { WorkflowSpec } from "./spec.ts";

/** One thing that is wrong with a workflow. */
export interface WorkflowProblem {
  readonly stepId?: string | undefined;
  /** Where in the step, such as `input.learning_rate`. */
  readonly path?: string | undefined;
  readonly message: string;
}

/** A problem as one line: where, then what. */
export function problemText({ stepId, path, message }: WorkflowProblem): string {
  const place = [stepId && `step \`${stepId}\``, path && `\`${path}\``].filter(Boolean).join(", ");
  return place ? `${place}: ${message}` : message;
}

/** The sentence for a step that is not there. */
export function unknownStep(stepId: string, spec: WorkflowSpec): string {
  const known = Object.keys(spec.steps);
  const near = nearestName(stepId, known);
  return `There is no step \`${stepId}\`.${near ? ` Did you mean \`${near}\`?` : ` Steps: ${listNames(known)}.`}`;
}

/** Names for a message: the first twenty, and how many more there are. */
export function listNames(names: readonly string[]): string {
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
  return names.slice(0, MAX_NAMES).join(", ") + more;
}

const MAX_NAMES = 20;
