import type { ErrorRecord } from "./errors.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import type { WorkflowSpec } from "./spec.ts";

/** How a run ended. */
export type RunStatus = "succeeded" | "failed" | "cancelled";
/** How a step ended. */
export type StepStatus = "succeeded" | "failed" | "cancelled" | "skipped" | "cached";
/** How grave a line of log is. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** How far a step is. */
export interface Progress {
  /** Units done so far. */
  readonly current?: number;
  /** Units in all, where known. */
  readonly total?: number;
  /** What is counted, such as `steps` or `bytes`. */
  readonly unit?: string;
  /** What is being done, in a few words. */
  readonly message?: string;
}

/** An event before the store has given it its place in the log. */
export type RunEventBody =
  | {
      readonly type: "run-start";
      readonly spec: WorkflowSpec;
      readonly goal?: string | undefined;
      readonly principal: string;
    }
  | { readonly type: "run-cancel"; readonly reason: string }
  | { readonly type: "run-end"; readonly status: RunStatus; readonly error?: ErrorRecord | undefined }
  | { readonly type: "step-queue"; readonly stepId: string; readonly tool: string }
  | {
      readonly type: "step-start";
      readonly stepId: string;
      readonly attempt: number;
      readonly input: JsonObject;
    }
  | {
      readonly type: "step-job";
      readonly stepId: string;
      readonly attempt: number;
      readonly runtime: string;
      readonly jobId: string;
      readonly handle: JsonObject;
    }
  | ({ readonly type: "step-progress"; readonly stepId: string } & Progress)
  | {
      readonly type: "step-metric";
      readonly stepId: string;
      readonly step?: number | undefined;
      readonly values: Readonly<Record<string, number>>;
    }
  | { readonly type: "step-log"; readonly stepId: string; readonly level: LogLevel; readonly message: string }
  | {
      readonly type: "step-retry";
      readonly stepId: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: ErrorRecord;
    }
  | {
      readonly type: "step-end";
      readonly stepId: string;
      readonly status: StepStatus;
      readonly attempt: number;
      readonly outputs?: Readonly<Record<string, JsonValue>> | undefined;
      readonly error?: ErrorRecord | undefined;
      /** Set where the tool declares its result reproducible. */
      readonly cacheKey?: string | undefined;
      /** The run whose result was taken, when `status` is `cached`. */
      readonly cachedFrom?: string | undefined;
      /** Why the step was skipped. */
      readonly reason?: string | undefined;
    };

/** One entry of a run's log: everything an observer can know about a run. */
export type RunEvent = RunEventBody & {
  readonly runId: string;
  /** Position in the run's log, from 1, without gaps. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
};

/** Picks one member of the union by its type. */
export type RunEventOf<T extends RunEvent["type"]> = Extract<RunEvent, { readonly type: T }>;
