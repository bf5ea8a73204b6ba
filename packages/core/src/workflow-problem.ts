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
  return `There is no step \`${stepId}\`.${near ? ` Did you mean \`${near}\`?` : ` Steps: ${known.join(", ")}.`}`;
}
