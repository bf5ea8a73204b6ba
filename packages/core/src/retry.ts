import { setTimeout as sleep } from "node:timers/promises";
import type { ErrorCode, TrainyardError } from "./errors.ts";
import type { RetryPolicy } from "./spec.ts";

/** Errors that the same attempt would meet again. */
const PERMANENT: ReadonlySet<ErrorCode> = new Set([
  "CANCELLED",
  "INPUT_INVALID",
  "OUTPUT_INVALID",
  "CONFIG_INVALID",
  "DATASET_INVALID",
  "FILE_NOT_FOUND",
  "MODEL_NOT_FOUND",
  "MODEL_GATED",
  "UNSAFE_WEIGHTS",
  "LIBRARY_MISSING",
  "NO_TARGET_MODULES",
  "PYTHON_NOT_FOUND",
  "PATH_NOT_ALLOWED",
  "URL_NOT_ALLOWED",
]);

/**
 * Delay in ms before attempt `attempt + 1`, or undefined when there is none: exponential backoff with full jitter
 * (Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015). `random` gives a number in [0, 1).
 */
export function retryDelayMs(
  policy: RetryPolicy | undefined,
  attempt: number,
  error: TrainyardError,
  random: () => number,
): number | undefined {
  if (!policy || attempt >= policy.maxAttempts || PERMANENT.has(error.code)) return undefined;
  return Math.round(random() * Math.min(policy.maxDelayMs, policy.delayMs * 2 ** (attempt - 1)));
}

/** Waits, or rejects with the signal's reason. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
}
