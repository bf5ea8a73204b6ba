import { TrainyardError } from "@trainyard/core";

/** The error of a dataset that cannot be used as it is. */
export function datasetInvalid(
  message: string,
  data?: Readonly<Record<string, unknown>>,
  cause?: unknown,
): TrainyardError {
  return new TrainyardError("DATASET_INVALID", message, { ...(data && { data }), cause });
}
