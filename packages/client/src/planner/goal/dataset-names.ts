import type { JsonObject } from "@trainyard/core";

/** Names people give to datasets, and what a loader calls them. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["squad", "squad"],
  ["squad1", "squad"],
  ["squad1.1", "squad"],
  ["squadv1", "squad"],
  ["squadv1.1", "squad"],
  ["squad2", "squad_v2"],
  ["squad2.0", "squad_v2"],
  ["squadv2", "squad_v2"],
  ["squadv2.0", "squad_v2"],
  ["rajpurkar/squad", "rajpurkar/squad"],
  ["rajpurkar/squadv2", "rajpurkar/squad_v2"],
  ["alpaca", "tatsu-lab/alpaca"],
  ["stanfordalpaca", "tatsu-lab/alpaca"],
  ["tatsulab/alpaca", "tatsu-lab/alpaca"],
  ["alpacacleaned", "yahma/alpaca-cleaned"],
  ["dolly", "databricks/databricks-dolly-15k"],
  ["dolly15k", "databricks/databricks-dolly-15k"],
  ["oasst1", "OpenAssistant/oasst1"],
  ["openassistant", "OpenAssistant/oasst1"],
  ["gsm8k", "openai/gsm8k"],
  ["imdb", "stanfordnlp/imdb"],
  ["ultrachat", "HuggingFaceH4/ultrachat_200k"],
  ["ultrafeedback", "HuggingFaceH4/ultrafeedback_binarized"],
  ["tinystories", "roneneldan/TinyStories"],
  ["wikitext", "Salesforce/wikitext"],
]);

/** What a dataset needs to be loaded beside its name, in terms of a loader's parameters. */
const PARAMETERS: Readonly<Record<string, JsonObject>> = {
  "databricks/databricks-dolly-15k": { column_map: { context: "input", response: "output" } },
  "openai/gsm8k": { name: "main", column_map: { question: "prompt", answer: "completion" } },
  "HuggingFaceH4/ultrachat_200k": { split: "train_sft" },
  "HuggingFaceH4/ultrafeedback_binarized": { split: "train_prefs", format: "preference" },
  "Salesforce/wikitext": { name: "wikitext-2-raw-v1" },
};

/** The parameters without which a dataset of the table cannot be loaded as it should; empty for most. */
export function datasetParameters(id: string): JsonObject {
  return Object.hasOwn(PARAMETERS, id) ? PARAMETERS[id]! : {};
}

/** What a loader calls a dataset that people name `SQuAD` or `squad v2`; undefined for names that are not in the table. */
export function datasetId(name: string): string | undefined {
  return NAMES.get(name.toLowerCase().replaceAll(/[\s_-]/g, ""));
}
