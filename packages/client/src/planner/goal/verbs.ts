import type { ToolDescriptor } from "@trainyard/core";
import { stem } from "./stems.ts";
import type { Word } from "./words.ts";

/** What a goal can ask for without naming a tool. */
export type Verb = "load" | "train" | "finetune" | "evaluate" | "quantize" | "compare";

const FORMS: Readonly<Record<Verb, string>> = {
  load: "load loads loaded loading download downloads downloading fetch fetching import",
  train:
    "train trains training pretrain pretrains pretraining pre-train pre-training pre-trained pretrained trained",
  finetune:
    "finetune finetunes finetuned finetuning fine-tune fine-tunes fine-tuned fine-tuning tune tunes tuned tuning adapt adapts adapted adapting",
  evaluate:
    "evaluate evaluates evaluated evaluating evaluation eval test tests tested testing benchmark benchmarks benchmarked benchmarking score scores scored scoring measure measures measured measuring assess assessing validate validating",
  quantize:
    "quantize quantizes quantized quantizing quantization quantise quantises quantised quantising quantisation compress compresses compressed compressing compression",
  compare: "compare compares compared comparing comparison",
};

const verbs = new Map<string, Verb>();
for (const [verb, forms] of Object.entries(FORMS)) {
  for (const form of forms.split(" ")) verbs.set(form, verb as Verb);
}

const SPLIT_WORDS = new Set(
  "train training test testing validation evaluation eval score benchmark tuning".split(" "),
);
const SPLIT_NOUNS = new Set(
  "set sets split splits data dataset datasets samples sample examples example rows questions steps step epochs epoch config configuration file files loss batch batches time rate".split(
    " ",
  ),
);
const NOUNS_OF_RESULTS = new Set(
  "model models one ones version versions adapter weights checkpoint result results".split(" "),
);

/** A word of a goal read as a verb. */
export interface VerbReading {
  readonly verb: Verb;
  /** Words it spans: two for `fine tune`. */
  readonly length: number;
  /** True where the word only says which model is meant, as in `the fine-tuned model`. */
  readonly reference: boolean;
}

/** Reads the word at `index` as a verb; undefined when it is none, as `test` in `test split` is none. */
export function readVerb(words: readonly Word[], index: number): VerbReading | undefined {
  const word = words[index];
  if (!word || word.quoted) return undefined;
  const split =
    /^fine$/.test(word.lower) && words[index + 1] ? verbs.get(`fine-${words[index + 1]!.lower}`) : undefined;
  const verb = split ?? verbs.get(word.lower);
  if (!verb) return undefined;
  const length = split ? 2 : 1;
  const form = words[index + length - 1]!.lower;
  const next = words[index + length - 1]!.breakAfter ? undefined : words[index + length]?.lower;
  if (namesSplit(words, index + length - 1)) return undefined;
  if (next === "on" && /^(trained|tested|evaluated)$/.test(form)) return { verb, length, reference: false };
  const describes = next === undefined || NOUNS_OF_RESULTS.has(next) || isDetermined(words, index);
  const reference = form.endsWith("ed") && describes;
  return { verb, length, reference };
}

/** Whether a word only says which data is meant, as `train` in `train split`. */
export function namesSplit(words: readonly Word[], index: number): boolean {
  const { lower, breakAfter } = words[index]!;
  return !breakAfter && SPLIT_WORDS.has(lower) && SPLIT_NOUNS.has(words[index + 1]?.lower ?? "");
}

function isDetermined(words: readonly Word[], index: number): boolean {
  return /^(the|a|an|this|that|its|my|our|and|or|both|vs|versus)$/.test(words[index - 1]?.lower ?? "");
}

const TOOL_NAMES: Readonly<Record<Verb, readonly string[]>> = {
  load: ["load_dataset"],
  train: ["train", "pretrain"],
  finetune: ["finetune", "fine_tune"],
  evaluate: ["evaluate"],
  quantize: ["quantize"],
  compare: ["evaluate"],
};

/** The registered tool a verb asks for: by its usual name, else one whose name begins with the verb. */
export function toolForVerb(verb: Verb, tools: readonly ToolDescriptor[]): ToolDescriptor | undefined {
  const byName = TOOL_NAMES[verb].map((name) => tools.find((tool) => tool.name === name)).find(Boolean);
  if (byName) return byName;
  const stems = new Set(TOOL_NAMES[verb].map((name) => stem(name.split("_")[0]!)));
  return tools.find((tool) => stems.has(stem(tool.name.split("_")[0]!)));
}
