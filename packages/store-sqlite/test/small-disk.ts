import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const NOT_MOUNTED = 77;
/** Nothing to clean up, and no root needed where user namespaces are allowed. */
const NAMESPACE = 'exec unshare --map-root-user --mount sh -c "$@"';
const MOUNT = `mount -t tmpfs -o size=1m tmpfs "$0" || exit ${NOT_MOUNTED}; exec "$@"`;

/** What a script printed on a disk of 1 MiB, or why there is no such disk here. */
export type SmallDiskResult = { readonly output: unknown } | { readonly unavailable: string };

/** Runs a script of `fixtures/` with `folder` mounted as a real file system of 1 MiB; it prints one JSON value. */
export function runOnSmallDisk(fixture: string, folder: string): SmallDiskResult {
  const script = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url));
  const node = [process.execPath, "--conditions=@trainyard/source", script, folder];
  const run = spawnSync("sh", ["-c", NAMESPACE, "sh", MOUNT, folder, ...node], { encoding: "utf8" });
  if (run.status === NOT_MOUNTED || /unshare: /.test(run.stderr)) {
    return { unavailable: `a tmpfs cannot be mounted here: ${run.stderr.trim()}` };
  }
  if (run.status !== 0) throw new Error(`${fixture} failed: ${run.stderr}`);
  return { output: JSON.parse(run.stdout) };
}
