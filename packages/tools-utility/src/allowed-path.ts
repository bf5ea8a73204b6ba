import { realpath, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { nearestName, TrainyardError } from "@trainyard/core";
import { quoted } from "./message-text.ts";

/** Whether `path` is `folder` or lies below it; both absolute. */
function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === "" || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== "..");
}

/**
 * The real path of something that may be read, or undefined where nothing is there. Relative paths are looked up in
 * `base`, then in each allowed root. Throws `PATH_NOT_ALLOWED`.
 */
export async function findAllowed(
  path: string,
  allowedRoots: readonly string[] | undefined,
  base: string = process.cwd(),
): Promise<string | undefined> {
  if (path.includes("\0")) throw notAllowed(path, allowedRoots);
  const expanded = path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
  if (!allowedRoots) return realpathIfThere(resolve(base, expanded));
  const roots = await Promise.all(
    allowedRoots.map(async (root) => (await realpathIfThere(resolve(root))) ?? resolve(root)),
  );
  const lexical = [...allowedRoots.map((root) => resolve(root)), ...roots];
  const candidates = [base, ...allowedRoots].map((folder) => resolve(folder, expanded));
  // Nothing outside the roots is touched: even whether it exists is not for the caller to know.
  const inside = candidates.filter((candidate) => lexical.some((root) => isBelow(candidate, root)));
  if (inside.length === 0) throw notAllowed(path, allowedRoots);
  for (const candidate of inside) {
    const real = await realpathIfThere(candidate);
    if (real === undefined) continue;
    if (!roots.some((root) => isBelow(real, root))) throw notAllowed(path, allowedRoots);
    return real;
  }
  return undefined;
}

/** Like {@link findAllowed}, but throws `FILE_NOT_FOUND` with the nearest names where nothing is there. */
export async function requireAllowed(
  path: string,
  allowedRoots: readonly string[] | undefined,
  base: string = process.cwd(),
): Promise<string> {
  const found = await findAllowed(path, allowedRoots, base);
  if (found !== undefined) return found;
  throw new TrainyardError(
    "FILE_NOT_FOUND",
    `\`${path}\` does not exist. ${await whatIsThere(path, allowedRoots, base)}`,
    {
      data: { path },
    },
  );
}

/** A sentence naming what stands where `path` was looked for. */
export async function whatIsThere(
  path: string,
  allowedRoots: readonly string[] | undefined,
  base: string = process.cwd(),
): Promise<string> {
  const folder = await findAllowed(dirname(path), allowedRoots, base).catch(() => undefined);
  const names = folder === undefined ? [] : await readdir(folder).catch(() => []);
  if (names.length === 0) return "Check the path.";
  const near = nearestName(basename(path), names);
  return near !== undefined
    ? `Did you mean ${quoted([near])}?`
    : `The folder holds ${quoted(names.toSorted(), 8)}.`;
}

async function realpathIfThere(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP"].includes(code)) return undefined;
    if (code === "EACCES" || code === "EPERM") {
      throw new TrainyardError("PATH_NOT_ALLOWED", `\`${path}\` may not be read: permission denied.`, {
        cause: error,
      });
    }
    throw error;
  }
}

function notAllowed(path: string, roots: readonly string[] | undefined): TrainyardError {
  const shown = path.replaceAll("\0", "\\0");
  const where = roots
    ? `Put the file below ${quoted(roots)}, or add its folder to the allowed roots.`
    : "Use a plain path.";
  return new TrainyardError("PATH_NOT_ALLOWED", `\`${shown}\` may not be read. ${where}`, {
    data: { path: shown },
  });
}
