import type { Word } from "./words.ts";

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const MULTIPLES: ReadonlyMap<string, number> = new Map([
  ["hundred", 100],
  ["thousand", 1000],
  ["million", 1_000_000],
]);

const SPELLED: ReadonlyMap<string, number> = new Map([
  ...SMALL.map((word, index) => [word, index] as const),
  ...TENS.flatMap((ten, index) => [
    [ten, 20 + 10 * index] as const,
    ...SMALL.slice(1, 10).map((one, unit) => [`${ten}-${one}`, 21 + 10 * index + unit] as const),
  ]),
  ...MULTIPLES,
]);

/** Reads `sixteen` and `twenty-four`; undefined for anything else. */
export function spelledNumber(word: string): number | undefined {
  return SPELLED.get(word);
}

/** How many words from `index` on multiply the number before them, and by what: `hundred thousand`. */
export function multiplesAt(
  words: readonly Word[],
  index: number,
): { readonly length: number; readonly factor: number } {
  let length = 0;
  let factor = 1;
  while (!words[index + length - 1]?.breakAfter) {
    const next = MULTIPLES.get(words[index + length]?.lower ?? "");
    if (next === undefined) break;
    factor *= next;
    length += 1;
  }
  return { length, factor };
}
