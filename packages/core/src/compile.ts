import type * as z from "zod";
import { checkInput } from "./compile-input.ts";
import { TrainyardError } from "./errors.ts";
import { isDeeperThan } from "./depth.ts";
import { issueText } from "./issue-text.ts";
import { nearestName } from "./nearest-name.ts";
import { findReferences } from "./references.ts";
import { type Registry, unknownTool } from "./registry.ts";
import { type StepSpec, type WorkflowSpec, type WorkflowSpecInput, workflowSpecSchema } from "./spec.ts";
import type { AnyTool } from "./tool.ts";
import { buildGraph, findCycle, topologicalOrder, type WorkflowGraph } from "./workflow-graph.ts";
import { problemText, unknownStep, type WorkflowProblem } from "./workflow-problem.ts";

/** A step that is known to fit. */
export interface CompiledStep {
  readonly id: string;
  readonly spec: StepSpec;
  readonly tool: AnyTool;
  readonly dependencies: ReadonlySet<string>;
}

/** A workflow that can run. */
export interface CompiledWorkflow {
  readonly spec: WorkflowSpec;
  /** In an order in which each step comes after those it depends on. */
  readonly steps: ReadonlyMap<string, CompiledStep>;
  readonly graph: WorkflowGraph;
}

/** What compiling gives: a graph, or every problem at once. */
export type CompileResult =
  | { readonly ok: true; readonly workflow: CompiledWorkflow }
  | { readonly ok: false; readonly problems: readonly WorkflowProblem[] };

/** Checks a spec against the registered tools and builds its graph. Nothing runs before this says `ok`. */
export function compileWorkflow(spec: unknown, registry: Registry): CompileResult {
  if (isDeeperThan(spec, MAX_DEPTH)) {
    return { ok: false, problems: [{ message: `The workflow is nested deeper than ${MAX_DEPTH} levels.` }] };
  }
  const parsed = workflowSpecSchema.safeParse(spec);
  if (!parsed.success)
    return { ok: false, problems: parsed.error.issues.slice(0, MAX_PROBLEMS).map(toProblem) };
  const dependencies = dependenciesOf(parsed.data);
  const graph = buildGraph(dependencies);
  const problems = [...allStepProblems(parsed.data, registry), ...cycleProblems(graph)];
  if (problems.length > 0) return { ok: false, problems };
  const steps = topologicalOrder(graph).map((id): [string, CompiledStep] => {
    const step = parsed.data.steps[id]!;
    return [id, { id, spec: step, tool: registry.get(step.tool), dependencies: dependencies.get(id)! }];
  });
  return { ok: true, workflow: { spec: parsed.data, graph, steps: new Map(steps) } };
}

/** Problems beyond these are counted by nobody who reads them. */
const MAX_PROBLEMS = 100;
/** Levels of a spec, its own included. */
const MAX_DEPTH = 64;

function allStepProblems(spec: WorkflowSpec, registry: Registry): readonly WorkflowProblem[] {
  const problems: WorkflowProblem[] = [];
  for (const [stepId, step] of Object.entries(spec.steps)) {
    problems.push(...stepProblems(stepId, step, spec, registry));
    if (problems.length >= MAX_PROBLEMS) {
      return [
        ...problems.slice(0, MAX_PROBLEMS),
        { message: "There may be more problems; these come first." },
      ];
    }
  }
  return problems;
}

/** Compiles or throws `WORKFLOW_INVALID` with every problem in its message and in `data.problems`. */
export function compileOrThrow(spec: WorkflowSpecInput, registry: Registry): CompiledWorkflow {
  const result = compileWorkflow(spec, registry);
  if (result.ok) return result.workflow;
  const list = result.problems.map((problem) => `- ${problemText(problem)}`).join("\n");
  throw new TrainyardError("WORKFLOW_INVALID", `The workflow cannot run:\n${list}`, {
    data: { problems: result.problems },
  });
}

function toProblem(issue: z.core.$ZodIssue): WorkflowProblem {
  const [first, stepId, ...rest] = issue.path;
  const inStep = first === "steps" && stepId !== undefined;
  const path = (inStep ? rest : issue.path).join(".");
  return { ...(inStep && { stepId: String(stepId) }), ...(path && { path }), message: issueText(issue) };
}

function dependenciesOf(spec: WorkflowSpec): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    Object.entries(spec.steps).map(([stepId, step]) => [
      stepId,
      new Set([...findReferences(step.input).map((reference) => reference.stepId), ...step.needs]),
    ]),
  );
}

function stepProblems(
  stepId: string,
  step: StepSpec,
  spec: WorkflowSpec,
  registry: Registry,
): readonly WorkflowProblem[] {
  const tool = registry.tools.get(step.tool);
  const problems = step.needs
    .slice(0, MAX_PROBLEMS)
    .filter((needed) => !Object.hasOwn(spec.steps, needed))
    .map((needed) => ({ stepId, path: "needs", message: unknownStep(needed, spec) }));
  if (tool) return [...problems, ...checkInput(stepId, step, spec, registry)];
  const near = nearestName(step.tool, registry.tools.keys());
  const message =
    unknownTool(step.tool, [...registry.tools.keys()]) + (near ? ` Did you mean \`${near}\`?` : "");
  return [...problems, { stepId, path: "tool", message }];
}

function cycleProblems(graph: WorkflowGraph): readonly WorkflowProblem[] {
  const cycle = findCycle(graph);
  if (!cycle) return [];
  return [
    {
      stepId: cycle[0],
      message: `The steps wait for each other: ${cycle.join(" → ")}. Remove one of these references.`,
    },
  ];
}
