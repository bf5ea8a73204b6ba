import type { Taken } from "./numbers.ts";
import type { Reference } from "./reading.ts";
import { readVerb } from "./verbs.ts";
import type { Word } from "./words.ts";

/** A reference and the place of its first word. */
export interface PlacedReference {
  readonly at: number;
  readonly reference: Reference;
}

const WORDS: ReadonlyMap<string, Reference> = new Map<string, Reference>([
  ["base", "base"],
  ["original", "base"],
  ["unquantized", "tuned"],
  ["before", "base"],
  ["adapter", "tuned"],
  ["both", "both"],
  ["all", "all"],
  ["each", "all"],
  ["every", "all"],
  ["everything", "all"],
  ["them", "all"],
]);

/** Finds the words that say which of several models is meant; marks them as taken. */
export function readReferences(words: readonly Word[], taken: Taken): readonly PlacedReference[] {
  const references: PlacedReference[] = [];
  for (let index = 0; index < words.length; index += 1) {
    if (taken.has(index)) continue;
    const reference = byVerb(words, index) ?? byWord(words, index);
    if (!reference) continue;
    taken.add(index);
    references.push({ at: index, reference });
  }
  return references;
}

function byWord(words: readonly Word[], index: number): Reference | undefined {
  const { lower, quoted } = words[index]!;
  const next = words[index + 1]?.lower ?? "";
  if (quoted || (lower === "base" && /^(on|upon)$/.test(next))) return undefined;
  if (lower === "before" && !/^(and|vs|versus)$/.test(next) && !words[index]!.breakAfter && next !== "")
    return undefined;
  return WORDS.get(lower);
}

function byVerb(words: readonly Word[], index: number): Reference | undefined {
  const reading = readVerb(words, index);
  if (!reading?.reference) return undefined;
  if (reading.verb === "finetune") return "tuned";
  if (reading.verb === "quantize") return "quantized";
  return reading.verb === "train" ? "base" : undefined;
}
