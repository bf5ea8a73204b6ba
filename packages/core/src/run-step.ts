import type * as z from "zod";
import { type StepOutputs, runAttempt } from "./attempt.ts";
import type { CompiledStep } from "./compile.ts";
import { toTrainyardError, type TrainyardError } from "./errors.ts";
import type { RunEventOf } from "./events.ts";
import type { ExecutorServices } from "./executor-options.ts";
import type { JsonObject } from "./json.ts";
import { pause, retryDelayMs } from "./retry.ts";
import type { RunLog } from "./run-log.ts";
import { type CacheLookup, lookUp } from "./step-cache.ts";
import { type KnownOutputs, resolveInput } from "./step-input.ts";

/** What is the same for all steps of a run. */
export interface RunScope {
  readonly runId: string;
  readonly principal: string;
  readonly useCache: boolean;
  readonly log: RunLog;
  readonly signal: AbortSignal;
  readonly outputs: KnownOutputs;
  readonly random: () => number;
}

/** How a step ended, before it is written. */
export type StepEnd = Omit<RunEventOf<"step-end">, "runId" | "seq" | "at">;

/** Takes a ready step to its end: cached, succeeded, failed or cancelled. Never throws. */
export async function runStep(
  step: CompiledStep,
  scope: RunScope,
  services: ExecutorServices,
): Promise<StepEnd> {
  const end = { type: "step-end", stepId: step.id } as const;
  let attempt = 0;
  try {
    scope.signal.throwIfAborted();
    const input = resolveInput(step.id, step.spec, step.tool, scope.outputs);
    const cache = await lookUp(step.tool, input, scope.principal, services);
    if (cache?.hit && scope.useCache) return cachedEnd(step.id, cache, cache.hit);
    for (;;) {
      attempt += 1;
      const tried = await tryOnce(step, attempt, input, scope, services);
      if ("outputs" in tried) {
        return {
          ...end,
          attempt,
          status: "succeeded",
          outputs: tried.outputs,
          ...(cache && { cacheKey: cache.key }),
        };
      }
      const delayMs = retryDelayMs(step.spec.retry, attempt, tried.error, scope.random);
      if (delayMs === undefined) throw tried.error;
      await scope.log.append({
        type: "step-retry",
        stepId: step.id,
        attempt,
        delayMs,
        error: tried.error.toRecord(),
      });
      await pause(delayMs, scope.signal);
    }
  } catch (thrown) {
    if (scope.signal.aborted) return { ...end, attempt, status: "cancelled" };
    return { ...end, attempt, status: "failed", error: toTrainyardError(thrown).toRecord() };
  }
}

async function tryOnce(
  step: CompiledStep,
  attempt: number,
  input: z.output<z.ZodObject>,
  scope: RunScope,
  services: ExecutorServices,
): Promise<{ readonly outputs: StepOutputs } | { readonly error: TrainyardError }> {
  const { runId, log, signal } = scope;
  // Written before it is acted on: after a crash, a start without an end is known to be in doubt.
  await log.append({ type: "step-start", stepId: step.id, attempt, input: input as JsonObject });
  try {
    const identity = { runId, stepId: step.id, attempt };
    return {
      outputs: await runAttempt(
        { ...identity, tool: step.tool, input, timeoutMs: step.spec.timeoutMs },
        services,
        log,
        signal,
      ),
    };
  } catch (thrown) {
    return { error: toTrainyardError(thrown) };
  }
}

function cachedEnd(stepId: string, { key }: CacheLookup, hit: NonNullable<CacheLookup["hit"]>): StepEnd {
  const { outputs, runId } = hit;
  return {
    type: "step-end",
    stepId,
    status: "cached",
    attempt: 0,
    outputs,
    cacheKey: key,
    cachedFrom: runId,
  };
}
