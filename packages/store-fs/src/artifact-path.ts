import { TrainyardError } from "@trainyard/core";

const MAX_BYTES = 4096;
/** What common file systems hold in one name. */
const MAX_SEGMENT_BYTES = 255;

/**
 * Refuses paths that could lead out of an artifact, or that not every file system can hold: absolute ones, `.` and
 * `..`, empty segments, backslashes, NUL, text that is not Unicode. Throws `PATH_NOT_ALLOWED`.
 */
export function checkPath(path: string): void {
  const segments = path.split("/");
  const bad =
    path.includes("\\") ||
    path.includes("\0") ||
    path.includes("\uFFFD") ||
    !path.isWellFormed() ||
    Buffer.byteLength(path) > MAX_BYTES ||
    segments.some(
      (segment) => ["", ".", ".."].includes(segment) || Buffer.byteLength(segment) > MAX_SEGMENT_BYTES,
    );
  if (bad) {
    throw notAllowed(path, "use a relative path with `/`, without `.`, `..`, `\\` and NUL");
  }
}

/** Refuses lists in which a path stands twice or a file is another's folder. Throws `PATH_NOT_ALLOWED`. */
export function checkTree(paths: readonly string[]): void {
  const files = new Set(paths);
  if (files.size < paths.length) throw notAllowed("the file list", "name every file once");
  for (const path of paths) {
    for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
      const parent = path.slice(0, slash);
      if (files.has(parent)) throw notAllowed(parent, "it is a file and a folder at once; rename one");
    }
  }
}

/** The error for a path that must not be followed. */
export function notAllowed(path: string, fix: string): TrainyardError {
  return new TrainyardError(
    "PATH_NOT_ALLOWED",
    `${JSON.stringify(path)} is not allowed in an artifact: ${fix}.`,
  );
}
