import { stat } from "node:fs/promises";
import { canonicalJson } from "@trainyard/core";
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

/** Whether two states are of the same files with the same content. */
export function isSameState(one: SourceState, other: SourceState): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
