import type { JsonObject } from "./json.ts";

/** What a job may use; absent means no limit. */
export interface Resources {
  /** CPU cores; also the number of threads handed to the worker. */
  readonly cpus?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly gpus?: number | undefined;
}

/** A host path a job may see, under the same path inside. */
export interface JobMount {
  readonly path: string;
  readonly readOnly: boolean;
}

/** What a runtime executes for one attempt of a step; plain data. */
export interface Job {
  /** Unique per attempt; `attach` finds the job by it. Letters, digits, `.`, `_`, `-`. */
  readonly id: string;
  readonly command: readonly [string, ...string[]];
  /** The job's own directory, absolute; its working directory, writable. */
  readonly workdir: string;
  /** The whole environment besides what the runtime needs: nothing is inherited from the gateway. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Names of variables of the gateway's environment handed over by value and never logged. */
  readonly secrets?: readonly string[] | undefined;
  readonly mounts?: readonly JobMount[] | undefined;
  readonly resources?: Resources | undefined;
  /** `none`, or `hub` where the job downloads. A runtime without isolation cannot enforce it and says so in its capabilities. */
  readonly network?: "none" | "hub" | undefined;
  readonly timeoutMs?: number | undefined;
  /** Image digest for runtimes that run containers. */
  readonly image?: string | undefined;
}

/** A line a job printed. */
export interface JobLine {
  readonly stream: "stdout" | "stderr";
  /** Without its line end; lines over 64 KiB come in pieces. */
  readonly line: string;
}

/** How a job ended. */
export interface JobExit {
  /** Exit status, or null when a signal ended it. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly oomKilled?: boolean;
  readonly timedOut?: boolean;
  /** Highest resident memory seen, where the runtime can tell. */
  readonly peakMemoryBytes?: number;
}

/** A started job. */
export interface JobHandle {
  readonly id: string;
  /** What is needed to find the job again, as data: pid and start time, container id. */
  readonly ref: JsonObject;
  /** Output from its first line on, in order per stream; ends when the job has ended. Slow readers hold nothing back but themselves. */
  lines(): AsyncIterable<JobLine>;
  /** SIGTERM to the whole job, `graceMs` later SIGKILL; resolves when nothing of it is alive. Idempotent. */
  stop(options: { readonly graceMs: number }): Promise<JobExit>;
  /** Resolves when the job has ended and all of its output is kept. */
  wait(): Promise<JobExit>;
}

/** What a runtime can do on this machine. */
export interface RuntimeCapabilities {
  /** Whether steps are isolated from the host and from each other. */
  readonly isolation: "none" | "container";
  readonly memoryLimit: boolean;
  readonly networkPolicy: boolean;
}

/** Runs jobs. `describeRuntime` of `@trainyard/core/testing` is its conformance kit. */
export interface Runtime {
  readonly name: string;
  capabilities(): Promise<RuntimeCapabilities>;
  /** Resolves once the job runs; aborting `signal` later stops it as `stop` does. Throws `RUNTIME_UNAVAILABLE`. */
  start(job: Job, options?: { readonly signal?: AbortSignal }): Promise<JobHandle>;
  /** Finds a job that this or an earlier process started; undefined when it is unknown. */
  attach(jobId: string): Promise<JobHandle | undefined>;
  /** Stops watching; jobs go on until their supervisor ends them. */
  close(): Promise<void>;
}
