import { axolotl } from "./axolotl-keys.ts";
import type { DialectKeys } from "./dialect-keys.ts";
import { hf } from "./hf-keys.ts";
import { llamafactory } from "./llamafactory-keys.ts";
import { nativeKeys } from "./native-keys.ts";

/** Spellings in which a configuration may be written. */
export const dialects = ["native", "hf", "axolotl", "llamafactory"] as const;
/** One of {@link dialects}. */
export type Dialect = (typeof dialects)[number];

/** How each dialect spells things. */
export const dialectKeys: Readonly<Record<Dialect, DialectKeys>> = {
  native: { aliases: {}, ignored: [], marks: [] },
  hf,
  axolotl,
  llamafactory,
};

/** The dialect whose own keys occur most; `native` where there are none. */
export function detectDialect(keys: readonly string[]): Dialect {
  const foreign = keys.filter((key) => !Object.hasOwn(nativeKeys, key));
  const scores = dialects.map((dialect) => {
    const { aliases, ignored, marks } = dialectKeys[dialect];
    const known = foreign.filter((key) => Object.hasOwn(aliases, key) || ignored.includes(key)).length;
    return { dialect, score: known + 3 * keys.filter((key) => marks.includes(key)).length };
  });
  return scores.reduce((best, next) => (next.score > best.score ? next : best)).dialect;
}
