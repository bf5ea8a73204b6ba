import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as z from "zod";
import { cacheKey } from "./cache-key.ts";
import type { CompiledStep, CompiledWorkflow } from "./compile.ts";
import { TrainyardError } from "./errors.ts";
import type { StepPreflight } from "./execution.ts";
import type { ExecutorServices } from "./executor-options.ts";
import type { StepOutputs } from "./attempt.ts";
import type { JsonObject } from "./json.ts";
import type { Runtime } from "./runtime.ts";
import { parseReference } from "./spec.ts";
import { findCached } from "./step-cache.ts";
import { isResolvable, type KnownOutputs, resolveInput, resolveKnown } from "./step-input.ts";
import type { PendingInput, ToolContext } from "./tool.ts";

/**
 * Asks each step what it would need. So that values are known, quick steps without effects are run, and results that
 * the run would take from the cache are looked up.
 */
export async function preflightWorkflow(
  workflow: CompiledWorkflow,
  services: ExecutorServices,
  principal: string,
  signal: AbortSignal,
): Promise<readonly StepPreflight[]> {
  const known = new Map<string, StepOutputs>();
  const reports: StepPreflight[] = [];
  for (const step of workflow.steps.values()) {
    if (isResolvable(step.spec, known)) {
      const outputs = await foresee(step, known, services, principal, signal);
      if (outputs) known.set(step.id, outputs);
    }
    signal.throwIfAborted();
    if (!step.tool.preflight) continue;
    const { artifacts, models } = services;
    const report = await step.tool.preflight(partialInput(step, resolveKnown(step.spec, known)), {
      artifacts,
      models,
      signal,
      pending: pendingInputs(step, workflow, known),
    });
    if (report) reports.push({ stepId: step.id, tool: step.tool.name, report });
  }
  return reports;
}

function pendingInputs(
  step: CompiledStep,
  workflow: CompiledWorkflow,
  known: KnownOutputs,
): Readonly<Record<string, PendingInput>> {
  return Object.fromEntries(
    Object.entries(step.spec.input).flatMap(([field, value]) => {
      const reference = parseReference(value);
      if (!reference || known.get(reference.stepId)?.[reference.output] !== undefined) return [];
      const { spec } = workflow.steps.get(reference.stepId)!;
      return [[field, { tool: spec.tool, input: resolveKnown(spec, known) }]];
    }),
  );
}

async function foresee(
  step: CompiledStep,
  known: KnownOutputs,
  services: ExecutorServices,
  principal: string,
  signal: AbortSignal,
): Promise<StepOutputs | undefined> {
  if (step.tool.preview) return await preview(step, known, services, signal);
  const input = resolveInput(step.id, step.spec, step.tool, known);
  if (!step.tool.cache) return undefined;
  return (await findCached(cacheKey(step.tool, input, principal), step.tool, input, services))?.outputs;
}

async function preview(
  step: CompiledStep,
  known: KnownOutputs,
  services: ExecutorServices,
  signal: AbortSignal,
): Promise<StepOutputs> {
  const workdir = await mkdtemp(join(tmpdir(), "trainyard-preview-"));
  try {
    const context = previewContext(step.id, workdir, services, signal);
    return (await step.tool.run(resolveInput(step.id, step.spec, step.tool, known), context)) as StepOutputs;
  } finally {
    await rm(workdir, { recursive: true, force: true });
  }
}

function previewContext(
  stepId: string,
  workdir: string,
  services: ExecutorServices,
  signal: AbortSignal,
): ToolContext {
  const nothing = () => undefined;
  const refuse = () => {
    throw new TrainyardError(
      "RUNTIME_UNAVAILABLE",
      `Step \`${stepId}\` tried to start a job in a preview; its tool must not declare \`preview\`.`,
    );
  };
  const runtime: Runtime = { ...services.runtime, start: async () => refuse() };
  const { artifacts, models } = services;
  const identity = { runId: "preflight", stepId, attempt: 1, idempotencyKey: `preflight/${stepId}` };
  return {
    ...identity,
    workdir,
    signal,
    artifacts,
    models,
    runtime,
    log: nothing,
    progress: nothing,
    metric: nothing,
  };
}

/** Each known field parsed by itself, defaults filled in; what is not known or does not parse is left out. */
function partialInput(step: CompiledStep, input: JsonObject): Record<string, unknown> {
  const shape = (step.tool.input as z.ZodObject).shape as Record<string, z.ZodType>;
  const given = new Set(Object.keys(step.spec.input));
  return Object.fromEntries(
    Object.entries(shape).flatMap(([key, schema]) => {
      // A field that waits for another step is unknown, not absent: no default stands in for it.
      if (given.has(key) && input[key] === undefined) return [];
      const parsed = schema.safeParse(input[key]);
      return parsed.success && parsed.data !== undefined ? [[key, parsed.data]] : [];
    }),
  );
}
