import type { RunEventBody } from "../events.ts";
import type { Lease, RunStore } from "../run-store.ts";
import type { WorkflowSpec } from "../spec.ts";

/** Long enough that no lease of a test runs out by itself. */
export const HOUR_MS = 3_600_000;

/** A workflow of two steps, as a compiled spec looks. */
export const sampleSpec: WorkflowSpec = {
  name: "sample",
  steps: {
    data: { tool: "load_dataset", input: { path: "squad" }, needs: [] },
    tune: { tool: "finetune", input: { dataset: { $from: "data.train" } }, needs: [] },
  },
};

/** The first event of a run. */
export function runStart(principal = "local", goal?: string): RunEventBody {
  return { type: "run-start", spec: sampleSpec, principal, ...(goal !== undefined && { goal }) };
}

/** A line of log that can be told from others. */
export function logLine(message: string): RunEventBody {
  return { type: "step-log", stepId: "data", level: "info", message };
}

/** Claims a run for as long as a test takes. */
export async function claimed(store: RunStore, runId: string, owner = "owner-a"): Promise<Lease> {
  const lease = await store.claim(runId, owner, HOUR_MS);
  if (!lease) throw new Error(`The lease on new run \`${runId}\` was refused.`);
  return lease;
}

/** Claims and starts a run. */
export async function started(store: RunStore, runId: string, principal?: string): Promise<Lease> {
  const lease = await claimed(store, runId);
  await store.append(lease, [runStart(principal)]);
  return lease;
}

/** Messages of the lines of log a run holds, in order. */
export async function logged(store: RunStore, runId: string): Promise<string[]> {
  const events = await store.events(runId);
  return events.flatMap((event) => (event.type === "step-log" ? [event.message] : []));
}
