import type { JsonValue } from "@trainyard/core";
import type { FieldNames } from "./field-names.ts";
import type { Setting } from "./reading.ts";
import type { Word } from "./words.ts";

/** Words of a goal that are spoken for already. */
export type Taken = Set<number>;

/** A setting and the place of its first word. */
export interface PlacedSetting {
  readonly at: number;
  readonly setting: Setting;
}

const NUMBER = /^-?\d{1,12}(?:[_,]\d{3}){0,4}(?:\.\d{1,12})?(?:e[+-]?\d{1,3})?$/i;
const LINKS = new Set(["of", "to", "is", "=", "at", "equal", "equals", "up"]);
const LONGEST_NAME = 5;

const SPELLED = new Map(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"].map((word, index) => [word, index + 1]));

/** Reads `16`, `2e-4`, `1,000`, `2k` and `three`; undefined for anything else. */
export function readNumber(word: string): number | undefined {
  const spelled = SPELLED.get(word);
  if (spelled !== undefined) return spelled;
  const thousands = /^\d{1,6}(?:\.\d{1,3})?k$/i.test(word);
  const text = thousands ? word.slice(0, -1) : word;
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text.replaceAll(/[_,]/g, ""));
  return Number.isFinite(value) ? value * (thousands ? 1000 : 1) : undefined;
}

/** Finds `name=value` words, and numbers with the name before or behind them; marks their words as taken. */
export function readSettings(words: readonly Word[], taken: Taken, names: FieldNames): readonly PlacedSetting[] {
  const settings: PlacedSetting[] = [];
  for (let index = 0; index < words.length; index += 1) {
    if (taken.has(index) || words[index]!.quoted) continue;
    const found = assignment(words, index, names) ?? numberAt(words, index, taken, names);
    if (!found) continue;
    for (let at = found.from; at < found.to; at += 1) taken.add(at);
    settings.push({ at: found.from, setting: found.setting });
  }
  return settings;
}

interface Found {
  readonly from: number;
  readonly to: number;
  readonly setting: Setting;
}

function assignment(words: readonly Word[], index: number, names: FieldNames): Found | undefined {
  const match = /^-{0,2}([a-z][\w-]{0,63})[=:](.{1,512})$/i.exec(words[index]!.text);
  const fields = match && names.get(match[1]!.toLowerCase().replaceAll("-", "_"));
  const phrase = match && (fields ?? names.get(match[1]!.toLowerCase().replaceAll(/[_-]/g, " ")));
  if (!match || !phrase) return undefined;
  return found(words, index, index + 1, phrase, literal(match[2]!));
}

function literal(text: string): JsonValue {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  return readNumber(text.toLowerCase()) ?? text;
}

function numberAt(words: readonly Word[], index: number, taken: Taken, names: FieldNames): Found | undefined {
  const value = readNumber(words[index]!.lower);
  if (value === undefined) return undefined;
  return nameBefore(words, index, taken, names, value) ?? nameBehind(words, index, taken, names, value);
}

function nameBefore(words: readonly Word[], index: number, taken: Taken, names: FieldNames, value: number): Found | undefined {
  let end = index;
  while (end > 0 && LINKS.has(words[end - 1]!.lower)) end -= 1;
  if (words[end - 1]?.breakAfter && end === index && !/[:=]$/.test(words[end - 1]!.text)) {
    // "rank: 16" binds, "for 3 epochs, 16 ..." does not; the name must be free to bind.
    if (taken.has(end - 1)) return undefined;
  }
  for (let length = Math.min(LONGEST_NAME, end); length > 0; length -= 1) {
    const from = end - length;
    if (isFree(words, taken, from, end)) {
      const fields = names.get(phraseOf(words, from, end));
      if (fields) return found(words, from, index + 1, fields, value);
    }
  }
  return undefined;
}

function nameBehind(words: readonly Word[], index: number, taken: Taken, names: FieldNames, value: number): Found | undefined {
  const start = index + 1;
  if (words[index]!.breakAfter) return undefined;
  for (let length = Math.min(LONGEST_NAME, words.length - start); length > 0; length -= 1) {
    const fields = isFree(words, taken, start, start + length) ? names.get(phraseOf(words, start, start + length)) : undefined;
    if (fields) return found(words, index, start + length, fields, value);
  }
  // "1000 SQuAD samples": what is counted stands behind one word of description.
  const behind = words[start + 1]?.lower;
  const fields = behind !== undefined && !words[start]!.breakAfter && !taken.has(start + 1) ? names.get(behind) : undefined;
  return fields && { from: index, to: index + 1, setting: { names: fields, value, words: textOf(words, index, start + 2) } };
}

function isFree(words: readonly Word[], taken: Taken, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (taken.has(at) || words[at]!.quoted || (at < to - 1 && words[at]!.breakAfter)) return false;
  }
  return true;
}

function phraseOf(words: readonly Word[], from: number, to: number): string {
  return words.slice(from, to).map((word) => word.lower).join(" ");
}

/** The words of a stretch of the goal as they stand there. */
export function textOf(words: readonly Word[], from: number, to: number): string {
  return words.slice(from, to).map((word) => word.text).join(" ");
}

function found(words: readonly Word[], from: number, to: number, names: readonly string[], value: JsonValue): Found {
  return { from, to, setting: { names, value, words: textOf(words, from, to) } };
}
