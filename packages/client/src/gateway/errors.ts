import { type ErrorCode, TrainyardError } from "@trainyard/core";
import * as z from "zod";

const record = z.object({
  code: z.string().regex(/^[A-Z][A-Z_]{1,63}$/),
  message: z.string().transform((text) => text.slice(0, 20_000)),
  retryable: z.boolean().default(false),
  data: z.record(z.string(), z.unknown()).optional(),
});

/** Turns what a gateway sent as an error record back into an error; undefined when it is none. */
export function errorFromRecord(value: unknown): TrainyardError | undefined {
  const parsed = record.safeParse(value);
  if (!parsed.success) return undefined;
  const { code, message, retryable, data } = parsed.data;
  return TrainyardError.fromRecord({ code: code as ErrorCode, message, retryable, ...(data && { data }) });
}

/** The error for a gateway that cannot be reached, with what to do about it. */
export function unreachable(url: string, why: string, cause?: unknown): TrainyardError {
  return new TrainyardError(
    "GATEWAY_UNREACHABLE",
    `No gateway answers at ${url} (${why}). Start one with \`mcp-server\`, or give the address of one that runs.`,
    {
      retryable: true,
      data: { url },
      ...(cause !== undefined && { cause }),
    },
  );
}

/** The error for an answer that makes no sense, which is the gateway's fault. */
export function nonsense(url: string, what: string, cause?: unknown): TrainyardError {
  return new TrainyardError(
    "INTERNAL",
    `The server at ${url} sent ${what}. Check that it is a Trainyard gateway of the same version.`,
    {
      data: { url },
      ...(cause !== undefined && { cause }),
    },
  );
}

/** Explains an HTTP status that is no success. */
export function refused(url: string, status: number): TrainyardError {
  if (status === 401 || status === 403) {
    return new TrainyardError(
      "GATEWAY_UNREACHABLE",
      `The gateway at ${url} refuses access (HTTP ${status}). Give the token it was started with.`,
      { data: { url, status } },
    );
  }
  return unreachable(url, `HTTP ${status}`);
}

interface Fault {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly data?: unknown;
  readonly cause?: unknown;
}

/** Maps whatever the MCP SDK or `fetch` threw to one of our codes. */
export function mapError(thrown: unknown, url: string, signal?: AbortSignal): TrainyardError {
  if (TrainyardError.is(thrown)) return thrown;
  if (signal?.aborted) return new TrainyardError("CANCELLED", "The call was cancelled.", { cause: thrown });
  const fault = (typeof thrown === "object" && thrown !== null ? thrown : {}) as Fault;
  const carried = errorFromRecord(fault.data);
  if (carried) return carried;
  if (fault.code === "REQUEST_TIMEOUT" || fault.name === "TimeoutError") {
    return new TrainyardError(
      "TIMEOUT",
      `The gateway at ${url} did not answer in time. Check that it is not stuck, or raise \`timeoutMs\`.`,
      { retryable: true, cause: thrown },
    );
  }
  const system = systemCode(thrown, 0);
  if (system !== undefined) return unreachable(url, system, thrown);
  const status = statusOf(fault);
  if (status !== undefined) return refused(url, status);
  const message = String(fault.message ?? thrown).slice(0, 1000);
  if (typeof fault.code === "number") {
    return new TrainyardError(fault.code === -32_602 ? "INPUT_INVALID" : "INTERNAL", message, {
      cause: thrown,
    });
  }
  return nonsense(url, `something that is not MCP: ${message}`, thrown);
}

function statusOf({ status, data }: Fault): number | undefined {
  const value = status ?? (typeof data === "object" && data !== null ? (data as Fault).status : undefined);
  return typeof value === "number" ? value : undefined;
}

/** The code of the system error at the bottom of a failed `fetch`. */
function systemCode(thrown: unknown, depth: number): string | undefined {
  if (depth > 6 || typeof thrown !== "object" || thrown === null) return undefined;
  const { code, cause, data, errors } = thrown as Fault & { readonly errors?: unknown };
  if (typeof code === "string" && /^(E[A-Z]{3,}|UND_ERR_[A-Z_]+)$/.test(code)) return code;
  const inner = [cause, ...(Array.isArray(errors) ? errors : []), (data as Fault | undefined)?.cause];
  for (const one of inner) {
    const found = systemCode(one, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
