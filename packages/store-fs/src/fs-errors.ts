import { toTrainyardError, TrainyardError } from "@trainyard/core";

/** Turns whatever was thrown into an error that names the store and the fix. */
export function toStoreError(thrown: unknown, root: string): TrainyardError {
  const error = toTrainyardError(thrown, "STORE_UNAVAILABLE");
  if (error === thrown || error.code === "DISK_FULL") return error;
  const message = `The artifact store in ${root} failed: ${error.message}. Check the folder, its owner and its disk.`;
  return new TrainyardError("STORE_UNAVAILABLE", message, { cause: thrown });
}

/** The system's code of an error, such as `ENOENT`. */
export function systemCode(thrown: unknown): string | undefined {
  return (thrown as NodeJS.ErrnoException | undefined)?.code;
}
