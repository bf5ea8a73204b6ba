import type * as z from "zod";
import { runAttempt, type StepOutputs } from "./attempt.ts";
import { cacheKey } from "./cache-key.ts";
import type { CompiledStep } from "./compile.ts";
import { toTrainyardError, type TrainyardError } from "./errors.ts";
import type { RunEventOf } from "./events.ts";
import type { ExecutorServices } from "./executor-options.ts";
import type { JsonObject } from "./json.ts";
import { pause, retryDelayMs } from "./retry.ts";
import type { RunLog } from "./run-log.ts";
import type { CachedStep } from "./run-store.ts";
import { findCached } from "./step-cache.ts";
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
  /** Runs work when the executor has room for it; rejects at once when the signal aborts before that. */
  readonly slot: <T>(work: () => Promise<T>) => Promise<T>;
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
    const key = step.tool.cache ? cacheKey(step.tool, input, scope.principal) : undefined;
    const hit = key && scope.useCache ? await findCached(key, step.tool, input, services) : undefined;
    if (key && hit) return cachedEnd(step.id, key, hit);
    for (;;) {
      attempt += 1;
      const tried = await scope.slot(() => tryOnce(step, attempt, input, scope, services));
      if ("outputs" in tried) {
        return {
          ...end,
          attempt,
          status: "succeeded",
          outputs: tried.outputs,
          ...(key && { cacheKey: key }),
        };
      }
      await prepareRetry(step, attempt, tried.error, scope);
    }
  } catch (thrown) {
    const error = toTrainyardError(thrown);
    if (!scope.signal.aborted) return { ...end, attempt, status: "failed", error: error.toRecord() };
    return { ...end, attempt, status: "cancelled", ...(error.data && { error: error.toRecord() }) };
  }
}

/** Waits for the next attempt, or throws the error when there is none. */
async function prepareRetry(
  step: CompiledStep,
  attempt: number,
  error: TrainyardError,
  scope: RunScope,
): Promise<void> {
  const delayMs = retryDelayMs(step.spec.retry, attempt, error, scope.random);
  if (delayMs === undefined) throw error;
  await scope.log.append({ type: "step-retry", stepId: step.id, attempt, delayMs, error: error.toRecord() });
  await pause(delayMs, scope.signal);
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
  const identity = { runId, stepId: step.id, attempt };
  try {
    const tried = { ...identity, tool: step.tool, input, timeoutMs: step.spec.timeoutMs };
    return { outputs: await runAttempt(tried, services, log, signal) };
  } catch (thrown) {
    return { error: toTrainyardError(thrown) };
  }
}

function cachedEnd(stepId: string, key: string, { outputs, runId }: CachedStep): StepEnd {
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
