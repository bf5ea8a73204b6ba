import type { ToolDescriptor } from "@trainyard/core";
import { isStopWord, sameWord, stem } from "./stems.ts";
import type { Word } from "./words.ts";

/** A tool that a goal names by its name, its title or the words of its description. */
export interface ToolMention {
  readonly at: number;
  readonly length: number;
  readonly tool: ToolDescriptor;
}

const MAX_GAP = 3;

/** Finds tools that are named outright: `summarize_report`, `Summarize report`, `summarize the report`. */
export function readToolNames(
  words: readonly Word[],
  tools: readonly ToolDescriptor[],
): readonly ToolMention[] {
  const byFirst = phrasesOf(tools);
  const mentions: ToolMention[] = [];
  let free = 0;
  for (let index = 0; index < words.length; index += 1) {
    if (index < free) continue;
    const mention = nameAt(words, index, byFirst, tools);
    if (!mention) continue;
    mentions.push(mention);
    free = index + mention.length;
  }
  return mentions;
}

interface Phrase {
  readonly tool: ToolDescriptor;
  readonly words: readonly string[];
}

/** Names and titles by the stem of their first word, longest first. */
function phrasesOf(tools: readonly ToolDescriptor[]): ReadonlyMap<string, readonly Phrase[]> {
  const phrases = tools
    .flatMap((tool) => [tool.name.split("_"), titleWords(tool)].map((words) => ({ tool, words })))
    .filter(({ words }) => words.length > 0);
  return Map.groupBy(
    phrases.toSorted((a, b) => b.words.length - a.words.length),
    ({ words }) => stem(words[0]!),
  );
}

function nameAt(
  words: readonly Word[],
  index: number,
  byFirst: ReadonlyMap<string, readonly Phrase[]>,
  tools: readonly ToolDescriptor[],
): ToolMention | undefined {
  const { lower, quoted } = words[index]!;
  const exact = tools.find((tool) => tool.name === lower.replaceAll("-", "_"));
  if (exact) return { at: index, length: 1, tool: exact };
  if (quoted) return undefined;
  for (const phrase of byFirst.get(stem(lower)) ?? []) {
    const length = lengthOf(words, index, phrase.words);
    if (length > 0) return { at: index, length, tool: phrase.tool };
  }
  return undefined;
}

function titleWords(tool: ToolDescriptor): readonly string[] {
  const title = tool.annotations?.title;
  if (typeof title !== "string") return [];
  return title
    .toLowerCase()
    .slice(0, 200)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "" && !isStopWord(word));
}

/** Words a phrase spans from `index`, or 0: its words in order, with small words or one qualifier in between. */
function lengthOf(words: readonly Word[], index: number, phrase: readonly string[]): number {
  let at = index + 1;
  for (const name of phrase.slice(1)) {
    if (words[at - 1]!.breakAfter) return 0;
    const found = words.slice(at, at + MAX_GAP).findIndex((word) => sameWord(word.lower, name));
    if (found < 0 || words.slice(at, at + found).some((word) => word.breakAfter)) return 0;
    at += found + 1;
  }
  return at - index;
}

/**
 * The tool whose description a clause paraphrases: its first content word is the clause's verb or a word of the tool's
 * name, and another content word agrees.
 */
export function toolByDescription(
  clause: readonly Word[],
  tools: readonly ToolDescriptor[],
): ToolDescriptor | undefined {
  const content = [
    ...new Set(clause.filter((word) => !isStopWord(word.lower)).map((word) => stem(word.lower))),
  ];
  const [verb, ...rest] = content;
  if (verb === undefined) return undefined;
  const scored = tools
    .map((tool) => ({ tool, score: agreement(verb, rest, tool) }))
    .filter(({ score }) => score > 0);
  scored.sort((a, b) => b.score - a.score);
  return scored[0] && scored[0].score !== scored[1]?.score ? scored[0].tool : undefined;
}

function agreement(verb: string, rest: readonly string[], tool: ToolDescriptor): number {
  const described = new Set(
    `${tool.name.replaceAll("_", " ")} ${tool.description}`
      .slice(0, 2000)
      .split(/[^\p{L}\p{N}]+/u)
      .map(stem),
  );
  return described.has(verb) ? rest.filter((word) => word.length > 2 && described.has(word)).length : 0;
}
