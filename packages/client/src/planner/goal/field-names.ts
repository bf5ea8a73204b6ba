import type { Catalog } from "@trainyard/core";
import { fieldsOf } from "../fields.ts";

/** What people call a parameter, and the names tools give it; `|` separates. */
const SYNONYMS: readonly (readonly [names: string, phrases: string])[] = [
  ["num_train_epochs|epochs|num_epochs", "epoch|epochs|training epochs|number of epochs|passes"],
  ["max_steps|steps", "step|steps|training steps|optimizer steps|max steps|maximum steps"],
  ["lora_r|rank|r", "rank|lora rank|r|lora r"],
  ["lora_alpha|alpha", "alpha|lora alpha"],
  ["lora_dropout|dropout", "dropout|lora dropout"],
  ["learning_rate|lr", "learning rate|lr|learning-rate"],
  [
    "per_device_train_batch_size|batch_size|micro_batch_size",
    "batch size|batch|batches|micro-batch size|batch-size|batchsize",
  ],
  [
    "gradient_accumulation_steps",
    "gradient accumulation|accumulation steps|gradient accumulation steps|accumulation",
  ],
  [
    "max_length|max_seq_length|sequence_length",
    "max length|maximum length|sequence length|context length|max sequence length|max tokens|tokens",
  ],
  [
    "max_samples|limit|num_samples",
    "sample|samples|examples|rows|records|questions|training samples|training examples|max samples|entries",
  ],
  ["max_new_tokens", "new tokens|generated tokens"],
  ["warmup_ratio|warmup_steps", "warmup|warm-up"],
  ["warmup_steps", "warmup steps|warm-up steps"],
  ["warmup_ratio", "warmup ratio|warm-up ratio"],
  ["weight_decay", "weight decay|decay"],
  ["seed|random_seed", "seed|random seed"],
  ["save_steps", "checkpoint steps|save steps"],
  ["group_size", "group size"],
  ["beta", "beta|dpo beta"],
  ["bits", "bits"],
  ["lr_scheduler_type", "scheduler|lr scheduler|schedule|learning rate schedule|learning rate scheduler"],
  ["val_size", "validation size|validation share|val size"],
];

/** Fields that are meant by nouns of the goal rather than by `name value`. */
const OWN_GRAMMAR = new Set([
  "model",
  "base_model",
  "dataset",
  "path",
  "method",
  "preset",
  "config",
  "name",
  "text",
  "task",
  "bits",
]);

/** What the words of a goal may mean as parameters. */
export interface FieldNames {
  /** The names of fields that a phrase may mean, by the phrase in lower case. */
  readonly phrases: ReadonlyMap<string, readonly string[]>;
  /** The values that fields are limited to, by name of the field. */
  readonly choices: ReadonlyMap<string, ReadonlySet<string>>;
  /** Fields that are on or off. */
  readonly switches: ReadonlySet<string>;
  /** Amounts of which there may be none. */
  readonly zeroes: ReadonlySet<string>;
}

/** Whether a field is meant by nouns of the goal, as in `the tiny llama preset`, rather than by a value behind its name. */
export function hasOwnGrammar(name: string): boolean {
  return OWN_GRAMMAR.has(name);
}

/** Phrases for the fields of all tools of a catalog: the words of their names, and what people say instead. */
export function fieldNames(catalog: Catalog): FieldNames {
  const phrases = new Map<string, string[]>();
  const choices = new Map<string, Set<string>>();
  const switches = new Set<string>();
  const zeroes = new Set<string>();
  const add = (phrase: string, name: string) => {
    const names = phrases.get(phrase) ?? [];
    if (!names.includes(name)) phrases.set(phrase, [...names, name]);
  };
  for (const [names, spoken] of SYNONYMS) {
    for (const phrase of spoken.split("|")) for (const name of names.split("|")) add(phrase, name);
  }
  for (const tool of catalog.tools) {
    for (const [name, { values, types, minimum }] of fieldsOf(tool)) {
      if (Object.hasOwn(tool.inputs, name)) continue;
      if (values.length > 0) choices.set(name, new Set([...(choices.get(name) ?? []), ...values]));
      if (types.has("boolean")) switches.add(name);
      // A seed of 0 is a seed like any other.
      if (minimum === 0 && !name.endsWith("seed")) zeroes.add(name);
      add(name.toLowerCase(), name);
      if (!OWN_GRAMMAR.has(name)) add(name.toLowerCase().replaceAll("_", " "), name);
    }
  }
  return { phrases, choices, switches, zeroes };
}
