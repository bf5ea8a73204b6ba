import type { ToolDescriptor } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";
import type { PlacedPuzzle } from "./mentions.ts";
import { readNumber, type Taken, textOf } from "./numbers.ts";
import type { Puzzle } from "./reading.ts";
import { isStopWord } from "./stems.ts";
import type { Word } from "./words.ts";

/** What remains of a goal after everything known was taken from it. */
export interface Leftovers {
  /** Clauses that no known verb belongs to, as places of their words. */
  readonly clauses: readonly number[][];
  readonly puzzles: readonly PlacedPuzzle[];
}

/** Words a goal may contain that name nothing by themselves. */
const FILLERS = new Set(
  (
    "model models llm dataset datasets data corpus file files config configuration settings result results version versions weights adapter " +
    "checkpoint metric metrics report reports accuracy score scores quality performance perplexity exact match f1 em question questions answer answers " +
    "answering question-answering qa instruction instructions text task tasks step steps epoch epochs run runs job experiment workflow pipeline " +
    "train training test validation evaluation eval split splits set sets held-out small tiny little big large good better best quick quickly " +
    "fast short simple random fresh new complete small-scale local locally cpu gpu machine laptop hub precision bit bits method approach technique " +
    "parameter parameters parameter-efficient hyperparameters defaults default value values rate size length batch number first most more less least " +
    "between against versus vs vs. difference how well see show tell know find give get take start begin end finish call name named called " +
    "please thanks thank hello hi hey kindly finally lastly afterwards later while during instead about because within without skip don't dont never no not " +
    "under per around roughly above below such same again lora-style scratch environment env python baseline original base usual resulting output outputs " +
    "max maximum min minimum samples sample examples example rows down off back it's its i'd i'm i'll would could may might has have had been being " +
    "whole entire own each other another further still already ready created quantization finetuning fine-tuning tuned trained quantized fine " +
    "perform carry conduct execute do ask want wants wanted need needs love go try work works working whether afterward smaller bigger than if both"
  ).split(" "),
);

/** Verbs people use that ask for something of their own: never passed over in silence. */
const REQUESTS = new Set(
  (
    "deploy publish push upload export merge convert prune distill serve host plot visualize visualise draw translate email send delete remove " +
    "summarize summarise report-on monitor schedule register tag rename copy archive share align reward sweep search optimize optimise generate chat " +
    "annotate label clean deduplicate filter split tokenize notify print write build install restart stop"
  ).split(" "),
);

/** Whether a word names nothing by itself in a goal. */
export function isFiller(word: string): boolean {
  return FILLERS.has(word);
}

interface Place {
  readonly at: number;
  readonly length: number;
  /** The tool, where it is named: its words are not those of a verb, so that none may be passed over. */
  readonly tool: ToolDescriptor | undefined;
}

/** Finds clauses without a verb and words that look like names of something unknown. */
export function readLeftovers(words: readonly Word[], taken: Taken, heads: readonly Place[]): Leftovers {
  const ends = new Set(heads.map((head) => head.at + head.length - 1));
  const starts = new Set(heads.map((head) => head.at));
  const clauses: number[][] = [];
  const puzzles: PlacedPuzzle[] = [];
  for (let index = 0; index < words.length; index += 1) {
    if (taken.has(index)) continue;
    const tool = heads.findLast((head) => head.at <= index)?.tool;
    const puzzle = puzzleAt(words, index, ends, taken) ?? (tool && withAt(words, index, tool));
    if (!puzzle) continue;
    puzzles.push({ at: index, puzzle });
    if (puzzle.kind === "verb") clauses.push(clauseFrom(words, index, starts));
  }
  return { clauses, puzzles };
}

function clauseFrom(words: readonly Word[], index: number, starts: ReadonlySet<number>): number[] {
  const clause = [index];
  for (let at = index + 1; at < words.length && clause.length < 24; at += 1) {
    if (starts.has(at) || words[at - 1]!.breakAfter) break;
    clause.push(at);
  }
  return clause;
}

function puzzleAt(
  words: readonly Word[],
  index: number,
  ends: ReadonlySet<number>,
  taken: Taken,
): Puzzle | undefined {
  const word = words[index]!;
  if (!/[\p{L}\p{N}]/u.test(word.text)) return undefined;
  const text = textOf(words, index, index + 1).slice(0, 80);
  const make = (kind: Puzzle["kind"]): Puzzle => ({ kind, words: text, suggestions: [] });
  if (isRequest(words, index, ends)) return make("verb");
  if (readNumber(word.lower) !== undefined) return isSpelled(word) ? undefined : make("number");
  if (isStopWord(word.lower) || FILLERS.has(word.lower)) return undefined;
  if (/^(named|called)$/.test(words[index - 1]?.lower ?? ""))
    return make(/^(datasets?|data|corpus|files?)$/.test(words[index - 2]?.lower ?? "") ? "dataset" : "model");
  if (followsData(words, index) || precedesDataNoun(words, index)) return make("dataset");
  if (isObject(words, index, ends, taken)) return make("model");
  if (/\d/.test(word.text) || /[\\/_]/.test(word.text) || word.quoted) return make("word");
  return undefined;
}

/** `an environment with torch and lm-eval`: what a named tool is to be used with. */
function withAt(words: readonly Word[], index: number, tool: ToolDescriptor): Puzzle | undefined {
  const { lower, text } = words[index]!;
  if (isStopWord(lower) || FILLERS.has(lower) || !isListed(words, index)) return undefined;
  const lists = [...fieldsOf(tool).values()].filter(({ types }) => types.has("array"));
  return { kind: "word", words: text, suggestions: lists.map(({ name }) => `${name}=${text}`) };
}

const LISTING = /^(with|using|containing|including)$/;

/** Whether a word stands behind `with`, or goes on a list that does. */
function isListed(words: readonly Word[], index: number, depth = 0): boolean {
  const before = words[index - 1];
  if (!before || depth > 24) return false;
  if (LISTING.test(before.lower)) return true;
  if (/^(and|plus)$/.test(before.lower)) return isListed(words, index - 2, depth + 1);
  return before.breakAfter && isListed(words, index - 1, depth + 1);
}

function isSpelled(word: Word): boolean {
  return /^[a-z]+$/.test(word.lower);
}

function isRequest(words: readonly Word[], index: number, ends: ReadonlySet<number>): boolean {
  const { lower, quoted } = words[index]!;
  if (quoted || ends.has(index) || !startsClause(words, index)) return false;
  if (REQUESTS.has(lower)) return true;
  const next = words[index + 1]?.lower ?? "";
  return (
    !isStopWord(lower) &&
    !FILLERS.has(lower) &&
    /^\p{L}+$/u.test(lower) &&
    /^(it|them|the|that|this|a|an|my|its|all|both)$/.test(next)
  );
}

function startsClause(words: readonly Word[], index: number): boolean {
  if (index === 0 || words[index - 1]!.breakAfter) return true;
  return /^(and|then|also|to|please|or|finally|next|afterwards)$/.test(words[index - 1]!.lower);
}

function followsData(words: readonly Word[], index: number): boolean {
  for (let at = index - 1; at >= Math.max(0, index - 3); at -= 1) {
    if (words[at]!.breakAfter) return false;
    if (/^(on|onto|over)$/.test(words[at]!.lower)) return true;
    if (!/^(the|a|an|my|our|your|this|that)$/.test(words[at]!.lower)) return false;
  }
  return false;
}

function precedesDataNoun(words: readonly Word[], index: number): boolean {
  return (
    !words[index]!.breakAfter &&
    /^(dataset|corpus)$/.test(words[index + 1]?.lower ?? "") &&
    /^\p{Lu}|\d|[-_/]/u.test(words[index]!.text)
  );
}

/** The direct object of a verb: right behind it, small words aside. */
function isObject(words: readonly Word[], index: number, ends: ReadonlySet<number>, taken: Taken): boolean {
  for (let at = index - 1; at >= Math.max(0, index - 3); at -= 1) {
    if (words[at]!.breakAfter) return false;
    if (ends.has(at)) return true;
    if (taken.has(at) || !/^(the|a|an|my|our|your|this|that|of|model)$/.test(words[at]!.lower)) return false;
  }
  return false;
}
