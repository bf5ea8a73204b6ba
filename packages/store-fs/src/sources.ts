import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { TrainyardError } from "@trainyard/core";
import { checkPath, checkTree, notAllowed } from "./artifact-path.ts";
import { systemCode } from "./fs-errors.ts";

/** A file on its way into the store. */
export interface Source {
  /** Path within the artifact. */
  readonly path: string;
  /** The bytes, in pieces; read once. */
  chunks(): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Contents by relative path. Throws `PATH_NOT_ALLOWED`. */
export function contentSources(contents: Readonly<Record<string, string | Uint8Array>>): Source[] {
  const paths = Object.keys(contents);
  for (const path of paths) checkPath(path);
  checkTree(paths);
  return Object.entries(contents).map(([path, content]) => ({
    path,
    chunks: () => [typeof content === "string" ? Buffer.from(content) : content],
  }));
}

/**
 * The files of a folder, or the one file `path` names. Links to files within the folder count as those files.
 * Throws `FILE_NOT_FOUND`, `PATH_NOT_ALLOWED`.
 */
export async function fileSources(path: string): Promise<Source[]> {
  const root = await realpath(path).catch((thrown: unknown) => {
    throw systemCode(thrown) === "ENOENT" || systemCode(thrown) === "ENOTDIR" ? notFound(path) : thrown;
  });
  if ((await stat(root)).isDirectory()) return walk(root, "");
  checkPath(basename(path));
  return [fileSource(basename(path), root)];
}

async function walk(root: string, prefix: string): Promise<Source[]> {
  const sources: Source[] = [];
  for (const name of await readdir(join(root, prefix))) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    // Before joining: a name with a backslash is a path of its own on some systems.
    checkPath(path);
    const entry = await lstat(join(root, path));
    if (entry.isDirectory()) sources.push(...(await walk(root, path)));
    else
      sources.push(
        fileSource(path, entry.isSymbolicLink() ? await resolveLink(root, path) : join(root, path)),
      );
  }
  return sources;
}

async function resolveLink(root: string, path: string): Promise<string> {
  const target = await realpath(join(root, path)).catch((thrown: unknown) => {
    const code = systemCode(thrown);
    throw code === "ENOENT" || code === "ELOOP"
      ? notAllowed(path, "the link leads nowhere; remove it")
      : thrown;
  });
  if (!target.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw notAllowed(path, "the link leaves its folder; copy what it points to");
  }
  if ((await stat(target)).isDirectory()) throw notAllowed(path, "a link to a folder; copy the folder");
  return target;
}

function fileSource(path: string, location: string): Source {
  return { path, chunks: () => readRegular(path, location) };
}

async function* readRegular(path: string, location: string): AsyncGenerator<Uint8Array> {
  const handle = await openRegular(path, location);
  try {
    yield* handle.createReadStream({ highWaterMark: 1 << 20, autoClose: false });
  } finally {
    await handle.close();
  }
}

/** Opens without following a link that was put there meanwhile, and without waiting for the writer of a pipe. */
async function openRegular(path: string, location: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const special = "only plain files can be stored; remove it";
  const handle = await open(location, flags).catch((thrown: unknown) => {
    const code = systemCode(thrown);
    if (code === "ENXIO" || code === "ELOOP") throw notAllowed(path, special);
    throw code === "ENOENT" ? notFound(location) : thrown;
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notAllowed(path, special);
}

function notFound(path: string): TrainyardError {
  return new TrainyardError("FILE_NOT_FOUND", `${path} does not exist; check the path.`);
}
