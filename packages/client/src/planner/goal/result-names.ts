import { type PlacedSetting, type Taken, textOf } from "./numbers.ts";
import { isStopWord } from "./stems.ts";
import type { Word } from "./words.ts";

const NAME = /^[A-Za-z0-9][\w.-]{0,95}$/;
const OF_OTHER_THINGS =
  /^(datasets?|data|corpus|files?|split|config|configuration|settings|env|environment|task)$/;
const OF_MODELS = /^(models?|adapter|checkpoint|result|llm)$/;

/** Finds the names a goal gives to what it makes: `called my-model`, `call it my-model`; marks their words as taken. */
export function readResultNames(words: readonly Word[], taken: Taken): readonly PlacedSetting[] {
  const settings: PlacedSetting[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const at = nameAt(words, index);
    const word = at === undefined ? undefined : words[at];
    if (at === undefined || !word || !NAME.test(word.text) || isStopWord(word.lower)) continue;
    for (let place = index; place <= at; place += 1) taken.add(place);
    settings.push({
      at: index,
      setting: {
        names: ["name"],
        value: word.text,
        text: word.text,
        words: textOf(words, index, at + 1),
        makes: "model",
      },
    });
    index = at;
  }
  return settings;
}

/** The place of the name that the word at `index` announces. */
function nameAt(words: readonly Word[], index: number): number | undefined {
  const { lower, quoted, breakAfter } = words[index]!;
  if (quoted || breakAfter) return undefined;
  if (/^(named|called)$/.test(lower)) return namesResult(words, index) ? index + 1 : undefined;
  if (/^(name|call)$/.test(lower)) return behindObject(words, index + 1);
  const next = words[index + 1]?.lower;
  return /^(with|under)$/.test(lower) && next === "the" && words[index + 2]?.lower === "name"
    ? index + 3
    : undefined;
}

/** `a model called x` is to be made; `the model called x` is there already, and so is a dataset. */
function namesResult(words: readonly Word[], index: number): boolean {
  const noun = words[index - 1]?.lower ?? "";
  if (OF_OTHER_THINGS.test(noun)) return false;
  return (
    !OF_MODELS.test(noun) || !/^(the|my|our|your|this|that|existing)$/.test(words[index - 2]?.lower ?? "")
  );
}

/** `it x`, `the tuned model x`: the place behind the words that say what gets the name. */
function behindObject(words: readonly Word[], start: number): number | undefined {
  if (/^(it|this|that)$/.test(words[start]?.lower ?? "")) return start + 1;
  if (!/^(the|my|our)$/.test(words[start]?.lower ?? "")) return undefined;
  const noun = words.slice(start + 1, start + 4).findIndex((word) => OF_MODELS.test(word.lower));
  return noun < 0 ? undefined : start + noun + 2;
}
