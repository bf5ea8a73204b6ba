import type { RunEvent } from "./events.ts";
import type { PreflightReport } from "./preflight.ts";
import type { RunRecord } from "./run-store.ts";
import type { WorkflowSpecInput } from "./spec.ts";

/** How a run is started. */
export interface StartOptions {
  /** The words the workflow was planned from. */
  readonly goal?: string | undefined;
  /** Who asked; runs are bound to them. Default `local`. */
  readonly principal?: string | undefined;
  /** Whether results of earlier steps may be taken. Default `true`. */
  readonly cache?: boolean | undefined;
}

/** A started run. */
export interface RunHandle {
  readonly runId: string;
  /** Resolves when the run has ended, whatever its status; never rejects. */
  readonly done: Promise<RunRecord>;
}

/** What one step of a workflow would need. */
export interface StepPreflight {
  readonly stepId: string;
  readonly tool: string;
  readonly report: PreflightReport;
}

/** Runs workflows. The only writer of the runs it has started. */
export interface Executor {
  /** Compiles and starts. Throws `WORKFLOW_INVALID` with every problem in `data.problems`; nothing has run then. */
  start(spec: WorkflowSpecInput, options?: StartOptions): Promise<RunHandle>;
  /** Asks a run to stop and resolves when nothing of it is alive any more. Throws `RUN_NOT_FOUND`. */
  cancel(runId: string, reason?: string): Promise<RunRecord>;
  /** What the steps would need, without running them. Throws `WORKFLOW_INVALID`. */
  preflight(
    spec: WorkflowSpecInput,
    options?: { readonly signal?: AbortSignal; readonly principal?: string },
  ): Promise<readonly StepPreflight[]>;
  /** Events after `afterSeq` (default 0), then each as it is appended; ends with `run-end` or when `signal` aborts. Throws `RUN_NOT_FOUND`. */
  watch(
    runId: string,
    options?: { readonly afterSeq?: number; readonly signal?: AbortSignal },
  ): AsyncIterable<RunEvent>;
  /** Cancels what runs, waits for it, and stops. */
  close(): Promise<void>;
}
