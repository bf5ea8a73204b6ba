import { randomUUID } from "node:crypto";
import { type ErrorRecord, TrainyardError } from "@trainyard/core";

/** Hears of failures that clients only see as `INTERNAL` and a request id. */
export type ErrorListener = (error: unknown, requestId: string) => void;

/** Turns whatever was thrown into what a client may see of it. */
export type WireError = (thrown: unknown) => ErrorRecord;

/** Makes the mapping of errors at the wire: own errors pass, all others are hidden behind a request id. */
export function createWireError(onError: ErrorListener | undefined): WireError {
  return (thrown) => {
    if (TrainyardError.is(thrown)) return thrown.toRecord();
    const requestId = randomUUID();
    report(onError, thrown, requestId);
    return {
      code: "INTERNAL",
      message: `The gateway failed on request ${requestId}. Its \`onError\` listener has the details under this id.`,
      retryable: false,
      data: { requestId },
    };
  };
}

function report(onError: ErrorListener | undefined, thrown: unknown, requestId: string): void {
  try {
    onError?.(thrown, requestId);
  } catch {
    // A listener that throws must not cost the client its answer.
  }
}
