import { type ErrorCode, type JobExit, TrainyardError } from "@trainyard/core";
import { gigabytes } from "../gigabytes.ts";
import type { EventRelay } from "./event-relay.ts";
import type { WorkerErrorEvent } from "./protocol.ts";

/** How a job ended, with what its failure is told from. */
export interface EndedJob {
  readonly tool: string;
  readonly exit: JobExit;
  readonly relay: Pick<EventRelay, "result" | "error" | "tail">;
  readonly memoryLimitBytes?: number | undefined;
}

/** Codes that a worker may give; anything else it says becomes `WORKER_FAILED`. */
const WORKER_CODES: ReadonlySet<string> = new Set<ErrorCode>([
  "INPUT_INVALID",
  "DATASET_INVALID",
  "CONFIG_INVALID",
  "ENV_FAILED",
  "LIBRARY_MISSING",
  "OUT_OF_MEMORY",
  "DISK_FULL",
  "MODEL_GATED",
  "MODEL_NOT_FOUND",
  "HUB_UNREACHABLE",
  "UNSAFE_WEIGHTS",
  "NON_FINITE_LOSS",
  "NO_TARGET_MODULES",
  "WORKER_FAILED",
  "CANCELLED",
]);
const RETRYABLE: ReadonlySet<string> = new Set<ErrorCode>(["HUB_UNREACHABLE", "DISK_FULL"]);

/** The error that a job's end amounts to, or undefined when it ended well. */
export function jobFailure(job: EndedJob): TrainyardError | undefined {
  const { exit, relay } = job;
  if (exit.timedOut)
    return failed(job, "TIMEOUT", `\`${job.tool}\` ran longer than its job's timeout and was stopped.`);
  if (exit.oomKilled) return outOfMemory(job);
  if (relay.error) return reported(job, relay.error);
  if (exit.code !== 0) return failed(job, "JOB_FAILED", crashText(job));
  if (!relay.result)
    return failed(
      job,
      "WORKER_FAILED",
      `The worker of \`${job.tool}\` ended without a result; is another program standing in for it?`,
    );
  return undefined;
}

function outOfMemory(job: EndedJob): TrainyardError {
  const peak = job.exit.peakMemoryBytes;
  const figures = [
    peak && `it had reached ${gigabytes(peak)}`,
    job.memoryLimitBytes && `the limit is ${gigabytes(job.memoryLimitBytes)}`,
  ];
  const said = figures.filter(Boolean).join(", ");
  return failed(
    job,
    "OUT_OF_MEMORY",
    `\`${job.tool}\` ran out of main memory and was killed${said && ` (${said})`}. ${OOM_FIX}`,
  );
}

const OOM_FIX =
  "Halve per_device_train_batch_size and double gradient_accumulation_steps, or turn gradient_checkpointing on.";

function reported(job: EndedJob, error: WorkerErrorEvent): TrainyardError {
  const code = WORKER_CODES.has(error.code) ? (error.code as ErrorCode) : "WORKER_FAILED";
  const message = [error.message, error.hint].filter(Boolean).join(" ").slice(0, 2000);
  return failed(job, code, message, {
    ...error.data,
    ...(error.hint && { hint: error.hint.slice(0, 1000) }),
  });
}

function failed(
  job: EndedJob,
  code: ErrorCode,
  message: string,
  extra: Readonly<Record<string, unknown>> = {},
): TrainyardError {
  const { exit, relay, memoryLimitBytes } = job;
  return new TrainyardError(code, message, {
    retryable: RETRYABLE.has(code),
    data: {
      ...extra,
      exitCode: exit.code,
      ...(exit.signal && { signal: exit.signal }),
      ...(exit.peakMemoryBytes && { peakMemoryBytes: exit.peakMemoryBytes }),
      ...(memoryLimitBytes && { memoryLimitBytes }),
      tail: relay.tail,
    },
  });
}

function crashText({ tool, exit, relay }: EndedJob): string {
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with exit code ${exit.code}`;
  const last = relay.tail.findLast((line) => line.trim() !== "");
  const hint =
    exit.signal === "SIGKILL" ? " Main memory often is the reason: look at the machine's kernel log." : "";
  return `The worker of \`${tool}\` ${how}${last ? `: ${last}` : "."}${hint}`;
}
