import type { ErrorRecord } from "./errors.ts";
import type { RunEvent, RunEventBody, RunStatus, StepStatus } from "./events.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { WorkflowSpec } from "./spec.ts";

/** A run as the log implies it. */
export interface RunRecord {
  readonly runId: string;
  readonly name: string;
  readonly goal?: string | undefined;
  readonly principal: string;
  readonly spec: WorkflowSpec;
  readonly status: "running" | "cancelling" | RunStatus;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly endedAt?: number | undefined;
  readonly error?: ErrorRecord | undefined;
  /** Sequence number of the last event. */
  readonly lastSeq: number;
}

/** A step as the log implies it. */
export interface StepRecord {
  readonly stepId: string;
  readonly tool: string;
  readonly status: "queued" | "running" | StepStatus;
  readonly attempt: number;
  readonly startedAt?: number | undefined;
  readonly endedAt?: number | undefined;
  readonly input?: JsonObject | undefined;
  readonly outputs?: Readonly<Record<string, JsonValue>> | undefined;
  readonly error?: ErrorRecord | undefined;
  readonly cachedFrom?: string | undefined;
  /** Last known job of the step, for re-attaching. */
  readonly job?:
    { readonly runtime: string; readonly jobId: string; readonly handle: JsonObject } | undefined;
}

/** Outputs of an earlier step with the same cache key. */
export interface CachedStep {
  readonly runId: string;
  readonly stepId: string;
  readonly outputs: Readonly<Record<string, JsonValue>>;
}

/** Right to write to a run; a later claim has a higher epoch and fences off earlier ones. */
export interface Lease {
  readonly runId: string;
  readonly epoch: number;
}

/** The run log. Events and the states they imply are written in one transaction. */
export interface RunStore {
  /** Takes ownership of a new or abandoned run for `ttlMs`. Undefined when another owner's lease still holds. */
  claim(runId: string, owner: string, ttlMs: number): Promise<Lease | undefined>;
  /** Extends a lease. Throws `STORE_CONFLICT` when it was lost. */
  renew(lease: Lease, ttlMs: number): Promise<void>;
  /** Appends in order and returns the events with `seq` and `at`. Throws `STORE_CONFLICT` for a lost lease. */
  append(lease: Lease, events: readonly RunEventBody[]): Promise<readonly RunEvent[]>;
  /** Events with `seq > afterSeq` (default 0), oldest first, at most `limit` (default 1000). */
  events(
    runId: string,
    options?: { readonly afterSeq?: number; readonly limit?: number },
  ): Promise<readonly RunEvent[]>;
  run(runId: string): Promise<RunRecord | undefined>;
  /** Steps in the order in which they were first queued. */
  steps(runId: string): Promise<readonly StepRecord[]>;
  /** Newest first; `limit` default 50. */
  runs(options?: { readonly limit?: number; readonly principal?: string }): Promise<readonly RunRecord[]>;
  /** The latest succeeded step with this key. */
  cached(cacheKey: string): Promise<CachedStep | undefined>;
  close(): Promise<void>;
}
