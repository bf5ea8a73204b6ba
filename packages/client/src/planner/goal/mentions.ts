import { datasetId } from "./dataset-names.ts";
import { taskNamed } from "./task-names.ts";
import { familyMembers, modelFamily, modelId } from "./model-names.ts";
import { type Taken, textOf } from "./numbers.ts";
import type { Mention, Puzzle } from "./reading.ts";
import { readVerb } from "./verbs.ts";
import type { Word } from "./words.ts";

/** A mention and the place of its first word. */
interface PlacedMention {
  readonly at: number;
  readonly mention: Mention;
}

/** A puzzle and the place of its first word. */
export interface PlacedPuzzle {
  readonly at: number;
  readonly puzzle: Puzzle;
}

/** What was found of models, datasets and files. */
export interface Mentions {
  readonly found: PlacedMention[];
  readonly puzzles: PlacedPuzzle[];
}

const LONGEST_NAME = 5;

/** Finds the models, datasets and configuration files a goal names; marks their words as taken. */
export function readMentions(words: readonly Word[], taken: Taken, presets: readonly string[]): Mentions {
  const mentions: Mentions = { found: [], puzzles: [] };
  for (let index = 0; index < words.length; index += 1) {
    if (taken.has(index)) continue;
    const step =
      known(words, index, presets) ??
      byShape(words, index) ??
      sampleDataset(words, index) ??
      family(words, index);
    if (!step) continue;
    for (let at = index; at < index + step.length; at += 1) taken.add(at);
    const text = textOf(words, index, index + step.length);
    if (step.role === "puzzle") {
      mentions.puzzles.push({
        at: index,
        puzzle: { kind: "model", words: text, suggestions: step.suggestions ?? [] },
      });
    } else {
      mentions.found.push({ at: index, mention: { role: step.role, value: step.value, words: text } });
    }
  }
  return mentions;
}

interface Step {
  readonly role: Mention["role"] | "puzzle";
  readonly value: string;
  readonly length: number;
  readonly suggestions?: readonly string[];
}

/** Names of the tables, longest first: `squad v2` before `squad`. */
function known(words: readonly Word[], index: number, presets: readonly string[]): Step | undefined {
  for (let length = Math.min(LONGEST_NAME, words.length - index); length > 0; length -= 1) {
    if (!isOneName(words, index, length)) continue;
    const name = textOf(words, index, index + length);
    const preset = presets.find((one) => one === name.toLowerCase().replaceAll(/[\s_]/g, "-"));
    if (preset !== undefined) return { role: "preset", value: preset, length };
    const model = modelId(name);
    if (model !== undefined) return { role: "model", value: model, length };
    const dataset = datasetId(name);
    if (dataset !== undefined) return { role: "dataset", value: dataset, length };
    const task = taskNamed(name);
    if (task) return { ...task, length };
  }
  return undefined;
}

function isOneName(words: readonly Word[], index: number, length: number): boolean {
  for (let at = index; at < index + length - 1; at += 1) if (words[at]!.breakAfter) return false;
  return length === 1 || words.slice(index, index + length).every((word) => !word.quoted);
}

const DATA_FILE = /\.(jsonl?|ndjson|csv|tsv|parquet|arrow|txt)(\.gz)?$/i;
const CONFIG_FILE = /\.(ya?ml|toml)$/i;
const MODEL_FILE = /\.(safetensors|gguf)$/i;
/** A registered model at a version or alias, as `my-model@3`. */
const REGISTERED = /^[A-Za-z0-9][\w.-]{0,95}@(\d{1,9}|[A-Za-z][\w-]{0,31})$/;
const HUB_ID = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;
const PATH = /^(\.{1,2}\/|~\/|\/(?!\/)|[A-Za-z]:[\\/]|https?:\/\/|file:\/\/|hf:\/\/)/i;

/** Paths, hub ids and quoted names: what they are follows from their ending, else from the words around them. */
function byShape(words: readonly Word[], index: number): Step | undefined {
  const word = words[index]!;
  const { text } = word;
  if (CONFIG_FILE.test(text)) return { role: "config", value: text, length: 1 };
  if (MODEL_FILE.test(text) || REGISTERED.test(text)) return { role: "model", value: text, length: 1 };
  if (DATA_FILE.test(text))
    return {
      role: /config/i.test(text) || before(words, index, CONFIG_NOUN) ? "config" : "dataset",
      value: text,
      length: 1,
    };
  const named = word.quoted || PATH.test(text) || HUB_ID.test(text);
  if (!named || /^(and|w|he|his|n)\/(or|o|she|her|a)$/i.test(text)) return undefined;
  const role = roleByContext(words, index);
  return role && { role, value: text, length: 1 };
}

const DATA_NOUN = /^(datasets?|data|corpus|file|files|split)$/;
const DATA_LINK = /^(on|over|against|onto)$/;
const MODEL_NOUN = /^(models?|checkpoint|weights|adapter|llm)$/;
const CONFIG_NOUN = /^(config|configuration|settings)$/;
const FILLERS =
  /^(the|a|an|my|our|your|local|file|files|folder|directory|at|in|called|named|path|hub|existing|own|to)$/;

function before(words: readonly Word[], index: number, pattern: RegExp): boolean {
  return pattern.test(wordBefore(words, index) ?? "");
}

function wordBefore(words: readonly Word[], index: number): string | undefined {
  for (let at = index - 1; at >= Math.max(0, index - 4); at -= 1) {
    const { lower } = words[at]!;
    if (!FILLERS.test(lower) || DATA_NOUN.test(lower)) return lower;
  }
  return undefined;
}

function roleByContext(words: readonly Word[], index: number): Mention["role"] | undefined {
  const behind = words[index]!.breakAfter ? "" : (words[index + 1]?.lower ?? "");
  const ahead = wordBefore(words, index) ?? "";
  if (CONFIG_NOUN.test(ahead) || CONFIG_NOUN.test(behind)) return "config";
  if (MODEL_NOUN.test(behind) || MODEL_NOUN.test(ahead)) return "model";
  if (DATA_NOUN.test(behind) || DATA_NOUN.test(ahead) || DATA_LINK.test(ahead)) return "dataset";
  return roleByVerb(words, index);
}

function roleByVerb(words: readonly Word[], index: number): "model" | "dataset" | undefined {
  for (let at = index - 1; at >= Math.max(0, index - 8); at -= 1) {
    if (DATA_LINK.test(words[at]!.lower)) return "dataset";
    const reading = readVerb(words, at);
    if (reading && !reading.reference) return reading.verb === "load" ? "dataset" : "model";
  }
  return words[index]!.quoted ? undefined : "model";
}

/** `the sample question-answering dataset`, `the bundled sample data`. */
function sampleDataset(words: readonly Word[], index: number): Step | undefined {
  if (!/^(sample|bundled|built-in|builtin|demo|example)$/.test(words[index]!.lower)) return undefined;
  if (
    words[index]!.lower === "sample" &&
    DATA_LINK.test(wordBefore(words, index) ?? "") &&
    endsName(words, index)
  ) {
    return { role: "dataset", value: "sample", length: 1 };
  }
  for (let length = 2; length <= 6 && index + length <= words.length; length += 1) {
    if (words[index + length - 2]!.breakAfter || readVerb(words, index + length - 1)) return undefined;
    if (/^(dataset|data|corpus)$/.test(words[index + length - 1]!.lower))
      return { role: "dataset", value: "sample", length };
  }
  return undefined;
}

function endsName(words: readonly Word[], index: number): boolean {
  return words[index]!.breakAfter || /^(|and|with|for|then|using|to)$/.test(words[index + 1]?.lower ?? "");
}

/** `Llama 2` or `Mistral-9b`: a family, but no member of it that is known. */
function family(words: readonly Word[], index: number): Step | undefined {
  const name = modelFamily(words[index]!.lower);
  if (name === undefined || words[index]!.quoted) return undefined;
  const second = words[index + 1]?.lower ?? "";
  const length =
    !words[index]!.breakAfter &&
    /^v?\d[\d.]*[bm]?$/.test(second) &&
    !DATA_NOUN.test(words[index + 2]?.lower ?? "")
      ? 2
      : 1;
  return { role: "puzzle", value: "", length, suggestions: familyMembers(name).slice(0, 6) };
}
