import type { Catalog, ToolDescriptor } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";
import { fieldNames } from "./field-names.ts";
import { isFiller, readLeftovers } from "./leftovers.ts";
import { readMentions } from "./mentions.ts";
import { readSettings, type Taken, textOf } from "./numbers.ts";
import type { Action, GoalReading } from "./reading.ts";
import { readReferences } from "./references.ts";
import { readResultNames } from "./result-names.ts";
import { readToolNames, toolByDescription } from "./tool-mentions.ts";
import { readUnsetFields } from "./unset-fields.ts";
import { readVariants } from "./variants.ts";
import { namesSplit, readVerb, toolForVerb, type Verb } from "./verbs.ts";
import { splitWords, type Word } from "./words.ts";

/** Most actions a goal may ask for; what comes after them is not read. */
const MAX_ACTIONS = 48;

interface Head {
  readonly at: number;
  readonly length: number;
  readonly verb: Verb | undefined;
  readonly tool: ToolDescriptor | undefined;
  readonly negated: boolean;
}

/** Reads a goal: which actions it asks for, in order, and what each clause says about its action. */
export function understandGoal(goal: string, catalog: Catalog): GoalReading {
  const words = splitWords(goal);
  const taken: Taken = new Set();
  const names = fieldNames(catalog);
  const resultNames = readResultNames(words, taken);
  const mentions = readMentions(words, taken, presetsOf(catalog));
  const variants = readVariants(words, taken);
  const settings = [...resultNames, ...readSettings(words, taken, names)];
  const heads = [...readHeads(words, taken, catalog)];
  const references = readReferences(words, taken);
  const unset = readUnsetFields(words, taken, names, isFiller);
  const leftovers = readLeftovers(words, taken, heads);
  const described = addDescribed(heads, leftovers.clauses, words, catalog);
  const puzzles = [
    ...mentions.puzzles,
    ...unset,
    ...leftovers.puzzles.filter(({ at }) => !described.has(at)),
  ];

  const actions = heads.slice(0, MAX_ACTIONS).map((head, index): Action => {
    const from = index === 0 ? 0 : head.at;
    const to = heads[index + 1]?.at ?? words.length;
    const inside = ({ at }: { readonly at: number }) => at >= from && at < to;
    return {
      verb: head.verb,
      tool: head.tool,
      words: textOf(words, head.at, head.at + head.length),
      mentions: mentions.found.filter(inside).map(({ mention }) => mention),
      settings: settings.filter(inside).map(({ setting }) => setting),
      variants: variants.filter(inside).map(({ variant }) => variant),
      references: references.filter(inside).map(({ reference }) => reference),
      split: splitIn(words, from, to),
      negated: head.negated,
    };
  });
  return { actions, puzzles: puzzles.toSorted((a, b) => a.at - b.at).map(({ puzzle }) => puzzle) };
}

function presetsOf(catalog: Catalog): readonly string[] {
  const values = catalog.tools.flatMap((tool) => {
    const preset = fieldsOf(tool).get("preset");
    return preset
      ? [...preset.values, ...(typeof preset.fallback === "string" ? [preset.fallback] : []), "tiny-llama"]
      : [];
  });
  return [...new Set(values)];
}

/** The verbs and tool names of a goal, in order. */
function readHeads(words: readonly Word[], taken: Taken, catalog: Catalog): readonly Head[] {
  const named = new Map(readToolNames(words, catalog.tools).map((mention) => [mention.at, mention]));
  const heads: Head[] = [];
  for (let index = 0; index < words.length; index += 1) {
    if (taken.has(index)) continue;
    const mention = named.get(index);
    const reading = readVerb(words, index);
    if (reading?.reference || (mention?.length === 1 && namesSplit(words, index))) continue;
    const verb = reading?.verb;
    const byName =
      mention &&
      (verb === undefined || (mention.length > 1 && mention.tool !== toolForVerb(verb, catalog.tools)));
    if (!byName && verb === undefined) continue;
    const length = byName ? mention.length : reading!.length;
    for (let at = index; at < index + length; at += 1) taken.add(at);
    if (!byName && describesManner(words, index, taken) && heads.at(-1)?.verb === verb) continue;
    const head = byName ? headOf(mention.tool, catalog) : { verb, tool: undefined };
    heads.push({ at: index, length, ...head, negated: isNegated(words, index) });
    index += length - 1;
  }
  return heads;
}

/** `with full fine-tuning` says how, not what next. */
function describesManner(words: readonly Word[], index: number, taken: Taken): boolean {
  let at = index - 1;
  while (at > 0 && taken.has(at)) at -= 1;
  return (
    /(ing|ion)$/.test(words[index]!.lower) && /^(with|using|via|by|through)$/.test(words[at]?.lower ?? "")
  );
}

/** A tool that stands for a verb is treated as the verb, however it is spelled. */
function headOf(tool: ToolDescriptor, catalog: Catalog): Pick<Head, "verb" | "tool"> {
  const verbs = ["load", "train", "finetune", "evaluate", "quantize"] as const;
  const verb = verbs.find((one) => toolForVerb(one, catalog.tools) === tool);
  return verb ? { verb, tool: undefined } : { verb: undefined, tool };
}

function isNegated(words: readonly Word[], index: number): boolean {
  for (const word of words.slice(Math.max(0, index - 2), index).toReversed()) {
    if (word.breakAfter) return false;
    if (/^(no|not|without|skip|don't|dont|never)$/.test(word.lower)) return true;
  }
  return false;
}

function splitIn(words: readonly Word[], from: number, to: number): string | undefined {
  for (let at = from; at < to - 1; at += 1) {
    if (
      /^(train|training|test|validation)$/.test(words[at]!.lower) &&
      /^(split|set)$/.test(words[at + 1]!.lower)
    ) {
      return words[at]!.lower.replace(/^training$/, "train");
    }
  }
  return undefined;
}

/** Clauses without a known verb may paraphrase the description of a tool; gives the places of those that do. */
function addDescribed(
  heads: Head[],
  clauses: readonly number[][],
  words: readonly Word[],
  catalog: Catalog,
): ReadonlySet<number> {
  const described = new Set<number>();
  const others = catalog.tools.filter((tool) => headOf(tool, catalog).tool !== undefined);
  for (const clause of clauses) {
    const tool = toolByDescription(
      clause.map((at) => words[at]!),
      others,
    );
    if (!tool) continue;
    heads.push({ at: clause[0]!, length: 1, verb: undefined, tool, negated: false });
    for (const at of clause) described.add(at);
  }
  heads.sort((a, b) => a.at - b.at);
  return described;
}
