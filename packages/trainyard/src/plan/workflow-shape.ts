import { parseReference, type WorkflowSpecInput } from "@trainyard/core";

/** An input of a step that another step's output goes into. */
interface Inlet {
  readonly parameter: string;
  /** `step.output`. */
  readonly from: string;
}

/** One step as a plan shows it. */
export interface PlannedStep {
  readonly stepId: string;
  readonly tool: string;
  readonly inlets: readonly Inlet[];
  readonly dependencies: ReadonlySet<string>;
}

/** Groups steps so that those of a level wait for earlier levels only and can run side by side. The spec has no cycle. */
export function levelsOf(spec: WorkflowSpecInput): readonly (readonly PlannedStep[])[] {
  const steps = new Map(
    Object.entries(spec.steps).map(([stepId, step]) => [stepId, plannedStep(stepId, step)]),
  );
  const depths = new Map<string, number>();
  for (const stepId of steps.keys()) measure(stepId, steps, depths);
  const levels: PlannedStep[][] = [];
  for (const [stepId, step] of steps) (levels[depths.get(stepId)!] ??= []).push(step);
  return levels;
}

function plannedStep(stepId: string, step: WorkflowSpecInput["steps"][string]): PlannedStep {
  const inlets = Object.entries(step.input ?? {}).flatMap(([parameter, value]) =>
    referencesIn(value).map((from) => ({ parameter, from })),
  );
  const dependencies = new Set([...inlets.map(({ from }) => from.split(".", 1)[0]!), ...(step.needs ?? [])]);
  return { stepId, tool: step.tool, inlets, dependencies };
}

function referencesIn(value: unknown): readonly string[] {
  const reference = parseReference(value);
  if (reference) return [reference.output ? `${reference.stepId}.${reference.output}` : reference.stepId];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

/** Depth-first with an explicit stack: a chain may be longer than the call stack. */
function measure(start: string, steps: ReadonlyMap<string, PlannedStep>, depths: Map<string, number>): void {
  const stack = [start];
  while (stack.length > 0) {
    const stepId = stack.at(-1)!;
    const needed = [...(steps.get(stepId)?.dependencies ?? [])].filter((id) => steps.has(id));
    const open = needed.filter((id) => !depths.has(id));
    if (open.length > 0 && stack.length <= steps.size) {
      stack.push(...open);
      continue;
    }
    depths.set(stepId, Math.max(-1, ...needed.map((id) => depths.get(id) ?? -1)) + 1);
    stack.pop();
  }
}
