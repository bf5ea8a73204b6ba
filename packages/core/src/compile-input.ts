import * as z from "zod";
import { type ArtifactRef, kindFits, type Port } from "./artifact.ts";
import { issueText } from "./issue-text.ts";
import { nearestName } from "./nearest-name.ts";
import { findReferences, type PlacedReference, replaceReferences } from "./references.ts";
import type { Registry } from "./registry.ts";
import type { OutputReference, StepSpec, WorkflowSpec } from "./spec.ts";
import { listNames, unknownStep, type WorkflowProblem } from "./workflow-problem.ts";

/** What is known about a referenced output before anything has run. */
interface Source {
  readonly kind?: string | undefined;
  readonly list: boolean;
}

/** A hostile step could have problems without end. */
const MAX_STEP_PROBLEMS = 20;

/** Checks one step's input: keys, references, port kinds, then the schema with placeholders for what is not known yet. */
export function checkInput(
  stepId: string,
  step: StepSpec,
  spec: WorkflowSpec,
  registry: Registry,
): readonly WorkflowProblem[] {
  const descriptor = registry.descriptors.get(step.tool)!;
  const references = findReferences(step.input);
  const problems: WorkflowProblem[] = unknownKeys(stepId, step, registry);
  for (const reference of references) {
    if (problems.length >= MAX_STEP_PROBLEMS) break;
    const source = sourceOf(reference, spec, registry);
    const path = ["input", ...reference.path].join(".");
    if (typeof source === "string") problems.push({ stepId, path, message: source });
    else
      problems.push(
        ...portProblems(stepId, path, reference, source, descriptor.inputs[String(reference.path[0])]),
      );
  }
  if (problems.length > 0) return problems;
  return schemaProblems(stepId, step, references, spec, registry);
}

function unknownKeys(stepId: string, step: StepSpec, registry: Registry): WorkflowProblem[] {
  const known = Object.keys((registry.get(step.tool).input as z.ZodObject).shape);
  return Object.keys(step.input)
    .filter((key) => !known.includes(key))
    .slice(0, MAX_STEP_PROBLEMS)
    .map((key) => {
      const near = nearestName(key, known);
      const hint = near ? `Did you mean \`${near}\`?` : `It takes: ${listNames(known)}.`;
      return { stepId, path: `input.${key}`, message: `\`${step.tool}\` has no input \`${key}\`. ${hint}` };
    });
}

/** The source of a reference, or the sentence that says why there is none. */
function sourceOf(reference: OutputReference, spec: WorkflowSpec, registry: Registry): Source | string {
  const step = Object.hasOwn(spec.steps, reference.stepId) ? spec.steps[reference.stepId]! : undefined;
  if (!step) return unknownStep(reference.stepId, spec);
  const tool = registry.tools.get(step.tool);
  if (!tool) return { list: false };
  const outputs = Object.keys((tool.output as z.ZodObject).shape);
  if (!outputs.includes(reference.output)) {
    const near = nearestName(reference.output, outputs);
    const hint = near ? `Did you mean \`${reference.stepId}.${near}\`?` : `It gives: ${listNames(outputs)}.`;
    return `Step \`${reference.stepId}\` (\`${step.tool}\`) has no output \`${reference.output}\`. ${hint}`;
  }
  const port = registry.descriptors.get(step.tool)!.outputs[reference.output];
  return { kind: tool.outputKinds?.(step.input)[reference.output] ?? port?.kind, list: port?.list ?? false };
}

function portProblems(
  stepId: string,
  path: string,
  reference: PlacedReference,
  source: Source,
  port: Port | undefined,
): readonly WorkflowProblem[] {
  const from = `\`${reference.stepId}.${reference.output}\``;
  if (port && !source.kind && !port.literal) {
    return [
      { stepId, path, message: `Takes an artifact of kind \`${port.kind}\`, but ${from} is a plain value.` },
    ];
  }
  if (port && source.kind && !kindFits(source.kind, port.kind)) {
    return [
      {
        stepId,
        path,
        message: `Takes an artifact of kind \`${port.kind}\`, but ${from} is of kind \`${source.kind}\`.`,
      },
    ];
  }
  return [];
}

function placeholder(source: Source): unknown {
  if (!source.kind) return null;
  const ref: ArtifactRef = { kind: source.kind, digest: `sha256:${"0".repeat(64)}`, sizeBytes: 0 };
  return source.list ? [ref] : ref;
}

/** Parses with placeholders, so that checks across fields stay; drops what is said about values not known yet. */
function schemaProblems(
  stepId: string,
  step: StepSpec,
  references: readonly PlacedReference[],
  spec: WorkflowSpec,
  registry: Registry,
): readonly WorkflowProblem[] {
  const sources = new Map(
    references.map((reference) => [reference, sourceOf(reference, spec, registry) as Source]),
  );
  const input = replaceReferences(step.input, (reference) =>
    placeholder(sourceOf(reference, spec, registry) as Source),
  );
  const parsed = (registry.get(step.tool).input as z.ZodObject).safeParse(input);
  if (parsed.success) return [];
  const unknown = references.filter((reference) => sources.get(reference)!.kind === undefined);
  return parsed.error.issues
    .filter((issue) => !unknown.some((reference) => startsWith(issue.path, reference.path)))
    .map((issue) => ({ stepId, path: ["input", ...issue.path].join("."), message: issueText(issue) }));
}

function startsWith(path: readonly PropertyKey[], prefix: readonly PropertyKey[]): boolean {
  return prefix.every((part, index) => path[index] === part);
}
