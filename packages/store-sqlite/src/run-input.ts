import { TrainyardError } from "@trainyard/core";

const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const MAX_TTL_MS = 31 * 86_400_000;

/** Refuses run ids that could not be part of a path. Throws `INPUT_INVALID`. */
export function checkRunId(runId: string): void {
  if (typeof runId !== "string" || !RUN_ID.test(runId)) {
    throw new TrainyardError(
      "INPUT_INVALID",
      `${JSON.stringify(runId)} is no run id; use letters, digits, \`.\`, \`_\` and \`-\`, 128 at most.`,
    );
  }
}

/** Refuses durations that would hold a run for ever or not at all. Throws `INPUT_INVALID`. */
export function checkTtl(ttlMs: number): void {
  checkInteger("ttlMs", ttlMs, 1, MAX_TTL_MS);
}

/** Refuses what is no whole number within bounds. Throws `INPUT_INVALID`. */
export function checkInteger(name: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new TrainyardError(
      "INPUT_INVALID",
      `\`${name}\` is ${String(value)}; give a whole number from ${min} to ${max}.`,
    );
  }
}
