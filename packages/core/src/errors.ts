/** Every code an error of Trainyard can carry; `docs/reference/errors.md` says what each means and what to do. */
export const errorCodes = [
  "WORKFLOW_INVALID",
  "INPUT_INVALID",
  "OUTPUT_INVALID",
  "TOOL_NOT_FOUND",
  "TOOL_DUPLICATE",
  "TOOL_FAILED",
  "TIMEOUT",
  "CANCELLED",
  "RUN_NOT_FOUND",
  "MODEL_NOT_FOUND",
  "MODEL_GATED",
  "ARTIFACT_NOT_FOUND",
  "ARTIFACT_CORRUPT",
  "STORE_UNAVAILABLE",
  "STORE_CONFLICT",
  "STORE_TOO_NEW",
  "DISK_FULL",
  "RUNTIME_UNAVAILABLE",
  "JOB_FAILED",
  "OUT_OF_MEMORY",
  "RESOURCE_SHORTFALL",
  "FILE_NOT_FOUND",
  "PATH_NOT_ALLOWED",
  "URL_NOT_ALLOWED",
  "HUB_UNREACHABLE",
  "DATASET_INVALID",
  "CONFIG_INVALID",
  "ENV_FAILED",
  "PYTHON_NOT_FOUND",
  "LIBRARY_MISSING",
  "UNSAFE_WEIGHTS",
  "NON_FINITE_LOSS",
  "NO_TARGET_MODULES",
  "WORKER_FAILED",
  "GOAL_UNCLEAR",
  "GATEWAY_UNREACHABLE",
  "PORT_IN_USE",
  "NOT_CONFIRMED",
  "USAGE",
  "INTERNAL",
] as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number];

const brand: unique symbol = Symbol.for("@trainyard/core.error") as never;

/** What a {@link TrainyardError} is made from. */
export interface TrainyardErrorOptions {
  /** Machine-readable details; must be JSON-serialisable. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** Whether trying the same thing again can succeed. Default `false`. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** An error as plain data, as it stands in events and on the wire. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** The one error class: its `code` is for programs, its message names the thing and the fix for people. */
export class TrainyardError extends Error {
  override readonly name = "TrainyardError";
  readonly code: ErrorCode;
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly retryable: boolean;
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, options: TrainyardErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data;
    this.retryable = options.retryable ?? false;
  }

  /** True for errors of any copy of this package, where `instanceof` would not be. */
  static is(value: unknown): value is TrainyardError {
    return typeof value === "object" && value !== null && brand in value;
  }

  /** The error as plain data, without stack and cause; `data` that is no JSON is left out. */
  toRecord(): ErrorRecord {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.data && isJson(this.data) && { data: this.data }),
    };
  }

  /** Turns a record of an event or of the wire back into an error. */
  static fromRecord(record: ErrorRecord): TrainyardError {
    return new TrainyardError(record.code, record.message, {
      retryable: record.retryable,
      ...(record.data && { data: record.data }),
    });
  }
}

function isJson(data: unknown): boolean {
  try {
    return JSON.stringify(data) !== undefined;
  } catch {
    return false;
  }
}

const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: "DISK_FULL",
  EDQUOT: "DISK_FULL",
  ENOENT: "FILE_NOT_FOUND",
  EADDRINUSE: "PORT_IN_USE",
};

/** Wraps whatever was thrown; system errors such as `ENOSPC` get their own code, the rest `fallback`. */
export function toTrainyardError(thrown: unknown, fallback: ErrorCode = "INTERNAL"): TrainyardError {
  if (TrainyardError.is(thrown)) return thrown;
  if (!(thrown instanceof Error)) return new TrainyardError(fallback, String(thrown));
  const systemCode = (thrown as NodeJS.ErrnoException).code ?? "";
  const code = thrown.name === "AbortError" ? "CANCELLED" : (SYSTEM_CODES[systemCode] ?? fallback);
  const message =
    code === "DISK_FULL" ? `The disk is full: ${thrown.message}. Free space and run again.` : thrown.message;
  return new TrainyardError(code, message, { cause: thrown });
}
