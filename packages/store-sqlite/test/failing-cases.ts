import type { ConformanceCase } from "@trainyard/core/testing";
import type { SqliteStore } from "../src/index.ts";
import { memoryFolder, tempStore } from "./temp-store.ts";

/** Runs every case, each against a store that `break_` has broken, and gives the ids of those that failed. */
export async function failingCases<T extends object>(
  cases: readonly ConformanceCase<T>[],
  pick: (store: SqliteStore) => T,
  break_: (sound: T) => Partial<T>,
): Promise<string[]> {
  const failed = await Promise.all(
    cases.map(async ({ id, run }) => {
      const store = await tempStore(memoryFolder);
      const sound = pick(store);
      try {
        await run({ ...sound, ...break_(sound) });
        return [];
      } catch {
        return [id];
      } finally {
        await store.close();
      }
    }),
  );
  return failed.flat();
}
