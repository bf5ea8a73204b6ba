import { type FieldNames, hasOwnGrammar } from "./field-names.ts";
import type { PlacedPuzzle } from "./mentions.ts";
import { isFree, phraseOf, type Taken, textOf } from "./numbers.ts";
import { isStopWord } from "./stems.ts";
import type { Word } from "./words.ts";

const LONGEST_NAME = 5;
/** What is counted is often only spoken of: `the training examples`. */
const COUNTED =
  /^(samples?|examples?|rows|records|questions|entries|epochs?|steps?|tokens|passes|batch|batches)$/;
const VAGUE = /^(few|several|many|some|more|fewer|less)$/;

/** Finds parameters that a goal names without a value that could be read; marks their words as taken. */
export function readUnsetFields(
  words: readonly Word[],
  taken: Taken,
  names: FieldNames,
  isFiller: (word: string) => boolean,
): readonly PlacedPuzzle[] {
  const puzzles: PlacedPuzzle[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const length = lengthAt(words, index, taken, names, isFiller);
    if (length === 0) continue;
    for (let at = index; at < index + length; at += 1) taken.add(at);
    const text = textOf(words, index, index + length);
    puzzles.push({ at: index, puzzle: { kind: "field", words: text, suggestions: [`${text} …`] } });
    index += length - 1;
  }
  return puzzles;
}

function lengthAt(
  words: readonly Word[],
  index: number,
  taken: Taken,
  names: FieldNames,
  isFiller: (word: string) => boolean,
): number {
  for (let length = Math.min(LONGEST_NAME, words.length - index); length > 0; length -= 1) {
    const to = index + length;
    if (!isFree(words, taken, index, to) || !names.phrases.has(phraseOf(words, index, to))) continue;
    // What follows is spoken for, as the file in `model config ./x.yaml`.
    if (!words[to - 1]!.breakAfter && taken.has(to)) return 0;
    const last = words[to - 1]!.lower;
    if (COUNTED.test(last)) return VAGUE.test(words[index - 1]?.lower ?? "") ? length : 0;
    const isSpoken = isFiller(last) || isStopWord(last) || hasOwnGrammar(last);
    return length > 1 || !isSpoken ? length : 0;
  }
  return 0;
}
