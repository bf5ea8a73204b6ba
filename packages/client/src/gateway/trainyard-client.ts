import type {
  Catalog,
  ErrorRecord,
  JsonObject,
  JsonValue,
  LogLevel,
  ModelVersion,
  RunEvent,
  RunRecord,
  StepPreflight,
  StepRecord,
  WorkflowSpecInput,
} from "@trainyard/core";

/** Names a run that a gateway has started. */
export interface WorkflowHandle {
  readonly runId: string;
  /** MCP's word for the same run. */
  readonly taskId: string;
  readonly status: RunRecord["status"];
  /** The ids of its steps. */
  readonly steps: readonly string[];
}

/** What a gateway says about a workflow without running it. */
export interface WorkflowCheck {
  /** Whether `runWorkflow` would take it. */
  readonly ok: boolean;
  readonly problems: readonly CheckProblem[];
  readonly preflight: readonly StepPreflight[];
}

/** Something that keeps a workflow from running. */
export interface CheckProblem {
  readonly stepId?: string | undefined;
  readonly path?: string | undefined;
  readonly message: string;
}

/** Where a run and its steps stand. */
export interface RunState {
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
}

/** What a run has given so far. */
export interface RunResult {
  readonly runId: string;
  readonly status: RunRecord["status"];
  /** By step id, of the steps that have some. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;
  readonly message: string;
  readonly error?: ErrorRecord | undefined;
}

/** A piece of a run's log. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** Hand it back as `afterSeq` for what came later. */
  readonly nextSeq: number;
}

/** A line a step has logged. */
export interface LogEntry {
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly stepId: string;
  readonly level: LogLevel;
  readonly message: string;
}

/** A curve of a step. */
export interface MetricSeries {
  readonly stepId: string;
  readonly name: string;
  readonly points: readonly (readonly [step: number, value: number])[];
}

/** What any MCP tool answered. */
export interface ToolCallResult {
  /** The structured content, where the tool has one. */
  readonly value: JsonObject | undefined;
  /** The text parts of the content, joined by line ends. */
  readonly text: string;
}

/** Talks to a gateway; every method may throw `GATEWAY_UNREACHABLE`, `TIMEOUT`, `CANCELLED` and what the gateway answers. */
export interface TrainyardClient {
  /** The address the client was made for. */
  readonly url: string;
  /** The tools and recipes of the gateway: what a planner plans over. */
  catalog(): Promise<Catalog>;
  /** Starts a workflow and answers at once. Throws `WORKFLOW_INVALID` with every problem in `data.problems`. */
  runWorkflow(spec: WorkflowSpecInput, options?: RunWorkflowOptions): Promise<WorkflowHandle>;
  /** Checks a workflow and says what it needs; runs nothing. */
  checkWorkflow(spec: WorkflowSpecInput): Promise<WorkflowCheck>;
  /** Throws `RUN_NOT_FOUND`. */
  status(runId: string): Promise<RunState>;
  /** Throws `RUN_NOT_FOUND`. */
  result(runId: string): Promise<RunResult>;
  /** Stops a run and answers when nothing of it is alive any more. Throws `RUN_NOT_FOUND`. */
  cancel(runId: string, reason?: string): Promise<Pick<WorkflowHandle, "runId" | "status">>;
  /** What steps have logged, oldest first. Throws `RUN_NOT_FOUND`. */
  logs(runId: string, options?: LogOptions): Promise<LogPage>;
  /** The curves of a run, or of one step. Throws `RUN_NOT_FOUND`. */
  metrics(
    runId: string,
    options?: { readonly stepId?: string | undefined },
  ): Promise<readonly MetricSeries[]>;
  /** Newest first; at most `limit`, 1 to 1000, default 200. */
  runs(options?: { readonly limit?: number | undefined }): Promise<readonly RunRecord[]>;
  /** Registered models, newest first; all, or the versions of one. */
  models(options?: { readonly name?: string | undefined }): Promise<readonly ModelVersion[]>;
  /** Calls any tool of any MCP server. */
  callTool(name: string, args?: JsonObject): Promise<ToolCallResult>;
  /**
   * Events after `afterSeq` (default 0), then each as it happens, in order and without gaps or repeats, over dropped
   * connections; ends with `run-end` or when `signal` aborts. Throws `RUN_NOT_FOUND`, and `GATEWAY_UNREACHABLE` when
   * reconnecting does not help.
   */
  events(runId: string, options?: EventOptions): AsyncIterable<RunEvent>;
  /** Ends streams and the connection; calls fail from then on. Idempotent. */
  close(): Promise<void>;
}

/** How a workflow is run. */
export interface RunWorkflowOptions {
  /** The words it was planned from; kept with the run. */
  readonly goal?: string | undefined;
  /** Whether results of earlier steps may be taken. Default `true`. */
  readonly cache?: boolean | undefined;
}

/** Which part of a log is wanted. */
export interface LogOptions {
  readonly stepId?: string | undefined;
  /** Only what came after this event; default 0. */
  readonly afterSeq?: number | undefined;
  /** 1 to 1000, default 200. */
  readonly limit?: number | undefined;
}

/** Which events are wanted, and until when. */
export interface EventOptions {
  /** Only what came after this event; default 0. */
  readonly afterSeq?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
