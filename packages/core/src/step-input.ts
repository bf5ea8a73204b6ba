import type * as z from "zod";
import { listIssues } from "./issue-text.ts";
import { TrainyardError } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { findReferences, replaceReferences } from "./references.ts";
import type { StepSpec } from "./spec.ts";
import type { AnyTool } from "./tool.ts";

/** Outputs of the steps that have ended, by step id. */
export type KnownOutputs = ReadonlyMap<string, Readonly<Record<string, JsonValue>>>;

/** Puts outputs in place of references and validates. Throws `INPUT_INVALID` naming the field and its source. */
export function resolveInput(
  stepId: string,
  step: StepSpec,
  tool: AnyTool,
  known: KnownOutputs,
): z.output<z.ZodObject> {
  const absent = findReferences(step.input).find(
    (reference) => known.get(reference.stepId)?.[reference.output] === undefined,
  );
  if (absent) {
    throw new TrainyardError(
      "INPUT_INVALID",
      `Step \`${stepId}\` needs \`${absent.stepId}.${absent.output}\` for \`${absent.path.join(".")}\`, but step \`${absent.stepId}\` gave none.`,
    );
  }
  return parseInput(stepId, tool, resolveKnown(step, known));
}

/** The input with references replaced where their output is known, and left out where it is not. */
export function resolveKnown(step: StepSpec, known: KnownOutputs): JsonObject {
  return replaceReferences(step.input, ({ stepId, output }) => known.get(stepId)?.[output]) as JsonObject;
}

function parseInput(stepId: string, tool: AnyTool, input: JsonObject): z.output<z.ZodObject> {
  const parsed = (tool.input as z.ZodObject).safeParse(input);
  if (parsed.success) return parsed.data;
  const list = listIssues(parsed.error);
  throw new TrainyardError(
    "INPUT_INVALID",
    `Step \`${stepId}\` got input that \`${tool.name}\` does not take: ${list}`,
  );
}

/** Whether every reference of the step has its output. */
export function isResolvable(step: StepSpec, known: KnownOutputs): boolean {
  return findReferences(step.input).every(({ stepId, output }) => known.get(stepId)?.[output] !== undefined);
}
