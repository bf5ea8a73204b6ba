import type { JsonValue } from "@trainyard/core";
import type { FieldNames } from "./field-names.ts";
import type { Setting } from "./reading.ts";
import { multiplesAt, spelledNumber } from "./spelled-numbers.ts";
import { isStopWord } from "./stems.ts";
import type { Word } from "./words.ts";

/** Words of a goal that are spoken for already. */
export type Taken = Set<number>;

/** A setting and the place of its first word. */
export interface PlacedSetting {
  readonly at: number;
  readonly setting: Setting;
}

const NUMBER = /^-?\d{1,20}(?:[_,]\d{3}){0,4}(?:\.\d{1,12})?(?:e[+-]?\d{1,3})?$/i;
const LINKS = new Set(["of", "to", "is", "=", "at", "equal", "equals", "up", "about", "around", "roughly"]);
const LONGEST_NAME = 5;

/** Reads `16`, `2e-4`, `1,000`, `2k` and `three`; undefined for anything else. */
export function readNumber(word: string): number | undefined {
  const spelled = spelledNumber(word);
  if (spelled !== undefined) return spelled;
  const thousands = /^\d{1,6}(?:\.\d{1,3})?k$/i.test(word);
  const text = thousands ? word.slice(0, -1) : word;
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text.replaceAll(/[_,]/g, ""));
  return Number.isFinite(value) ? value * (thousands ? 1000 : 1) : undefined;
}

/** Finds `name=value` words, and numbers with the name before or behind them; marks their words as taken. */
export function readSettings(
  words: readonly Word[],
  taken: Taken,
  names: FieldNames,
): readonly PlacedSetting[] {
  const settings: PlacedSetting[] = [];
  for (let index = 0; index < words.length; index += 1) {
    if (taken.has(index) || words[index]!.quoted) continue;
    const found =
      assignment(words, index, names) ??
      numberAt(words, index, taken, names) ??
      wordsAt(words, index, taken, names);
    if (!found) continue;
    for (let at = found.from; at < found.to; at += 1) taken.add(at);
    settings.push({ at: found.from, setting: found.setting });
  }
  return settings;
}

function wordsAt(words: readonly Word[], index: number, taken: Taken, names: FieldNames): Found | undefined {
  return (
    choiceAt(words, index, taken, names) ??
    choiceBefore(words, index, taken, names) ??
    switchAt(words, index, taken, names)
  );
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly setting: Setting;
}

function assignment(words: readonly Word[], index: number, names: FieldNames): Found | undefined {
  const match = /^-{0,2}([a-z][\w-]{0,63})[=:](.{1,512})$/i.exec(words[index]!.text);
  const fields = match && names.phrases.get(match[1]!.toLowerCase().replaceAll("-", "_"));
  const phrase = match && (fields ?? names.phrases.get(match[1]!.toLowerCase().replaceAll(/[_-]/g, " ")));
  if (!match || !phrase) return undefined;
  return found(words, index, index + 1, phrase, literal(match[2]!), match[2]!);
}

function literal(text: string): JsonValue {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return readNumber(text.toLowerCase()) ?? text;
}

function numberAt(words: readonly Word[], index: number, taken: Taken, names: FieldNames): Found | undefined {
  const first = readNumber(words[index]!.lower);
  if (first === undefined) return undefined;
  const { length, factor } = multiplesAt(words, index + 1);
  const number = { from: index, to: index + 1 + length, value: first * factor };
  return nameBefore(words, taken, names, number) ?? nameBehind(words, taken, names, number);
}

/** A number of a goal, which may be several words: `two thousand`. */
interface NumberWords {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

function nameBefore(
  words: readonly Word[],
  taken: Taken,
  names: FieldNames,
  { from: start, to, value }: NumberWords,
): Found | undefined {
  let end = start;
  while (end > 0 && LINKS.has(words[end - 1]!.lower)) end -= 1;
  for (let length = Math.min(LONGEST_NAME, end); length > 0; length -= 1) {
    const from = end - length;
    if (isFree(words, taken, from, end)) {
      const fields = names.phrases.get(phraseOf(words, from, end));
      if (fields) return found(words, from, to, fields, value, words[start]!.text);
    }
  }
  return undefined;
}

function nameBehind(
  words: readonly Word[],
  taken: Taken,
  names: FieldNames,
  { from: index, to: start, value }: NumberWords,
): Found | undefined {
  if (words[start - 1]!.breakAfter) return undefined;
  for (let length = Math.min(LONGEST_NAME, words.length - start); length > 0; length -= 1) {
    const fields = isFree(words, taken, start, start + length)
      ? names.phrases.get(phraseOf(words, start, start + length))
      : undefined;
    if (fields) return found(words, index, start + length, fields, value, words[index]!.text);
  }
  // "1000 SQuAD samples": what is counted stands behind one word of description.
  const behind = words[start + 1]?.lower;
  const fields =
    behind !== undefined && !words[start]!.breakAfter && !taken.has(start + 1)
      ? names.phrases.get(behind)
      : undefined;
  return (
    fields && {
      from: index,
      to: start,
      setting: { names: fields, value, text: words[index]!.text, words: textOf(words, index, start + 2) },
    }
  );
}

/** `style short`, `lr scheduler type linear`; and `method` with any name, so that an unknown one is asked about. */
function choiceAt(words: readonly Word[], index: number, taken: Taken, names: FieldNames): Found | undefined {
  for (let length = Math.min(LONGEST_NAME, words.length - index - 1); length > 0; length -= 1) {
    const at = index + length;
    if (taken.has(at) || !isFree(words, taken, index, at) || words[at - 1]!.breakAfter) continue;
    const fields = names.phrases.get(phraseOf(words, index, at));
    const { lower, text } = words[at]!;
    const isChoice = fields?.some((field) => names.choices.get(field)?.has(lower));
    const isMethod = length === 1 && words[index]!.lower === "method" && isName(lower);
    if (fields && isChoice) return found(words, index, at + 1, fields, lower, text);
    if (fields && isMethod) return found(words, index, at + 1, fields, lower, text);
  }
  return undefined;
}

/** `a linear scheduler`: the value before the name. */
function choiceBefore(
  words: readonly Word[],
  index: number,
  taken: Taken,
  names: FieldNames,
): Found | undefined {
  const { lower, text, breakAfter } = words[index]!;
  for (
    let length = breakAfter ? 0 : Math.min(LONGEST_NAME, words.length - index - 1);
    length > 0;
    length -= 1
  ) {
    const to = index + 1 + length;
    const fields = isFree(words, taken, index + 1, to)
      ? names.phrases.get(phraseOf(words, index + 1, to))
      : undefined;
    if (fields?.some((field) => names.choices.get(field)?.has(lower)))
      return found(words, index, to, fields, lower, text);
  }
  return undefined;
}

const ON = /^(with|using|use|enable|enabling|and|plus|in)$/;
const OFF = /^(without|no|disable|disabling|not)$/;

/** `with packing`, `without gradient checkpointing`, `no warmup`. */
function switchAt(words: readonly Word[], index: number, taken: Taken, names: FieldNames): Found | undefined {
  const before = words[index - 1]?.lower ?? "";
  const goesOn = words[index - 1]?.breakAfter && taken.has(index - 1);
  // `bf16` is no word of English, so that it needs no `with`.
  const isCode = /[\d_]/.test(words[index]!.lower);
  if (!goesOn && !isCode && !ON.test(before) && !OFF.test(before)) return undefined;
  for (let length = Math.min(LONGEST_NAME, words.length - index); length > 0; length -= 1) {
    const fields = isFree(words, taken, index, index + length)
      ? names.phrases.get(phraseOf(words, index, index + length))
      : undefined;
    const on = !OFF.test(before);
    if (fields?.some((field) => names.switches.has(field)))
      return found(words, index, index + length, fields, on, String(on));
    if (!on && fields?.some((field) => names.zeroes.has(field)))
      return found(words, index, index + length, fields, 0, "0");
  }
  return undefined;
}

function isName(word: string): boolean {
  return /^[a-z][\w-]*$/.test(word) && !isStopWord(word);
}

/** Whether a stretch of the goal is one phrase that is not spoken for. */
export function isFree(words: readonly Word[], taken: Taken, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (taken.has(at) || words[at]!.quoted || (at < to - 1 && words[at]!.breakAfter)) return false;
  }
  return true;
}

/** The words of a stretch of the goal as the tables of phrases have them. */
export function phraseOf(words: readonly Word[], from: number, to: number): string {
  return words
    .slice(from, to)
    .map((word) => word.lower)
    .join(" ");
}

/** The words of a stretch of the goal as they stand there. */
export function textOf(words: readonly Word[], from: number, to: number): string {
  return words
    .slice(from, to)
    .map((word) => word.text)
    .join(" ");
}

function found(
  words: readonly Word[],
  from: number,
  to: number,
  names: readonly string[],
  value: JsonValue,
  text: string,
): Found {
  return { from, to, setting: { names, value, text, words: textOf(words, from, to) } };
}
