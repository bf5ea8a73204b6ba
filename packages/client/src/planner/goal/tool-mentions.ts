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
export function readToolNames(words: readonly Word[], tools: readonly ToolDescriptor[]): readonly ToolMention[] {
  const phrases = tools
    .flatMap((tool) => [tool.name.split("_"), titleWords(tool)].map((phrase) => ({ tool, phrase })))
    .filter(({ phrase }) => phrase.length > 0)
    .toSorted((a, b) => b.phrase.length - a.phrase.length);
  const mentions: ToolMention[] = [];
  let free = 0;
  for (let index = 0; index < words.length; index += 1) {
    if (index < free) continue;
    const mention = nameAt(words, index, phrases);
    if (!mention) continue;
    mentions.push(mention);
    free = index + mention.length;
  }
  return mentions;
}

interface Phrase {
  readonly tool: ToolDescriptor;
  readonly phrase: readonly string[];
}

function nameAt(words: readonly Word[], index: number, phrases: readonly Phrase[]): ToolMention | undefined {
  const { lower } = words[index]!;
  for (const { tool, phrase } of phrases) {
    if (lower.replaceAll("-", "_") === tool.name) return { at: index, length: 1, tool };
    const length = phrase.length > 1 ? lengthOf(words, index, phrase) : singleWord(words, index, phrase[0]!);
    if (length > 0) return { at: index, length, tool };
  }
  return undefined;
}

function singleWord(words: readonly Word[], index: number, name: string): number {
  return !words[index]!.quoted && stem(words[index]!.lower) === stem(name) ? 1 : 0;
}

function titleWords(tool: ToolDescriptor): readonly string[] {
  const title = tool.annotations?.title;
  if (typeof title !== "string") return [];
  return title.toLowerCase().slice(0, 200).split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "" && !isStopWord(word));
}

/** Words a phrase spans from `index`, or 0: its words in order, with small words or one qualifier in between. */
function lengthOf(words: readonly Word[], index: number, phrase: readonly string[]): number {
  let at = index;
  for (const [place, name] of phrase.entries()) {
    const limit = place === 0 ? at : Math.min(words.length - 1, at + MAX_GAP);
    while (at <= limit && !(at < words.length && sameWord(words[at]!.lower, name))) at += 1;
    if (at > limit || at >= words.length) return 0;
    if (place < phrase.length - 1 && words[at]!.breakAfter) return 0;
    at += 1;
  }
  return at - index;
}

/**
 * The tool whose description a clause paraphrases: its first content word is the clause's verb or a word of the tool's
 * name, and another content word agrees.
 */
export function toolByDescription(clause: readonly Word[], tools: readonly ToolDescriptor[]): ToolDescriptor | undefined {
  const content = [...new Set(clause.filter((word) => !isStopWord(word.lower)).map((word) => stem(word.lower)))];
  const [verb, ...rest] = content;
  if (verb === undefined) return undefined;
  const scored = tools.map((tool) => ({ tool, score: agreement(verb, rest, tool) })).filter(({ score }) => score > 0);
  scored.sort((a, b) => b.score - a.score);
  return scored[0] && scored[0].score !== scored[1]?.score ? scored[0].tool : undefined;
}

function agreement(verb: string, rest: readonly string[], tool: ToolDescriptor): number {
  const described = new Set(`${tool.name.replaceAll("_", " ")} ${tool.description}`.slice(0, 2000).split(/[^\p{L}\p{N}]+/u).map(stem));
  return described.has(verb) ? rest.filter((word) => word.length > 2 && described.has(word)).length : 0;
}
