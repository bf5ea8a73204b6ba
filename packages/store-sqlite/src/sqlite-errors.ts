import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { toTrainyardError, TrainyardError } from "@trainyard/core";

// Primary result codes of SQLite, https://sqlite.org/rescode.html
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** Turns whatever SQLite or the file system threw into an error that names the file and the fix. */
export function toStoreError(thrown: unknown, path: string): TrainyardError {
  if (TrainyardError.is(thrown)) return thrown;
  const code = resultCode(thrown);
  if (code === undefined) return toTrainyardError(thrown, "STORE_UNAVAILABLE");
  const detail = (thrown as Error).message;
  if (code === FULL || (code === IOERR && isFull(path))) {
    const message = `The disk of ${path} is full: ${detail}. Free space and run again.`;
    return new TrainyardError("DISK_FULL", message, { cause: thrown });
  }
  const message = `${path} cannot be used: ${detail}. ${fixFor(code)}`;
  const retryable = code === BUSY || code === LOCKED;
  return new TrainyardError("STORE_UNAVAILABLE", message, { cause: thrown, retryable });
}

function resultCode(thrown: unknown): number | undefined {
  const extended = (thrown as { errcode?: unknown } | undefined)?.errcode;
  return typeof extended === "number" ? extended & 0xff : undefined;
}

/** A full disk shows as an I/O error where SQLite extends its shared-memory file. */
function isFull(path: string): boolean {
  try {
    return statfsSync(dirname(path)).bavail === 0;
  } catch {
    return false;
  }
}

function fixFor(code: number): string {
  if (code === BUSY || code === LOCKED)
    return "Another process holds it: stop that one, or raise `busyTimeoutMs`.";
  if (code === NOTADB) return "It is no SQLite database: move it away, or set another path.";
  if (code === CORRUPT) return "It is damaged: move it away and restore a backup.";
  if (code === READONLY) return "It is read-only: make the file and its folder writable.";
  if (code === CANTOPEN) return "Check that its folder exists and may be read and written.";
  return "Check the file and its disk.";
}
