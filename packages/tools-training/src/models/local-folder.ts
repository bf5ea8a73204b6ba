import { realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import { TrainyardError } from "@trainyard/core";

/** Whether a `model` input means a folder: it starts with `/`, `./` or `../`. */
export function looksLikePath(value: string): boolean {
  return isAbsolute(value) || /^\.{1,2}(\/|$)/.test(value);
}

/** The real path of a model folder below one of `roots`. Throws `MODEL_NOT_FOUND`, `PATH_NOT_ALLOWED`. */
export async function localModelFolder(value: string, roots: readonly string[]): Promise<string> {
  const real = await realpath(resolve(value)).catch(() => undefined);
  const allowed = await Promise.all(roots.map((root) => realpath(root).catch(() => resolve(root))));
  // A path outside is refused whether it exists or not: the answer must not tell which files there are.
  if (!allowed.some((root) => isBelow(root, real ?? resolve(value)))) {
    throw new TrainyardError(
      "PATH_NOT_ALLOWED",
      `The model folder \`${value}\` is outside the folders that models may be read from (${roots.join(", ")}); add it to \`modelRoots\`.`,
    );
  }
  if (real === undefined)
    throw new TrainyardError(
      "MODEL_NOT_FOUND",
      `The model folder \`${value}\` does not exist; check the path.`,
    );
  return real;
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (!way.startsWith("..") && !isAbsolute(way));
}
