import { stat } from "node:fs/promises";
import type { SourceState } from "./source.ts";

/** A stamp of a file or folder that changes when its content does: size, modification and change time. */
async function stampOf(path: string): Promise<string> {
  const { size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return `${size}-${mtimeNs}-${ctimeNs}`;
}

/** Notes the present state of local files. */
export async function localState(paths: readonly string[]): Promise<SourceState> {
  const entries = await Promise.all(paths.map(async (path) => ({ path, stamp: await stampOf(path) })));
  return { kind: "local", entries };
}

/** Whether everything that was read still is as it was; a hub's copy is bound to its revision. */
export async function isUnchanged(state: SourceState): Promise<boolean> {
  const stamps = await Promise.all(state.entries.map(({ path }) => stampOf(path).catch(() => "gone")));
  return stamps.every((stamp, index) => stamp === state.entries[index]?.stamp);
}
