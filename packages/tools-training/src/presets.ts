import { canonicalJson, type JsonObject } from "@trainyard/core";

/** A model made from a config, with random weights and a tokenizer trained on the data. */
export interface ModelPreset {
  readonly model_config: JsonObject;
  readonly tokenizer: JsonObject;
}

/** Models that need no download; `tiny-llama` is what `train` makes when nothing else is asked for. */
export const MODEL_PRESETS = {
  "tiny-llama": {
    // Two layers with a wide start learn the sample in half the time of four with the library's narrow one.
    model_config: {
      hidden_size: 128,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      intermediate_size: 384,
      initializer_range: 0.08,
      tie_word_embeddings: true,
    },
    tokenizer: { train: { vocab_size: 512 } },
  },
} as const satisfies Readonly<Record<string, ModelPreset>>;

/** The name of the preset that a model config is, whoever wrote it down. */
export function presetName(modelConfig: unknown): keyof typeof MODEL_PRESETS | undefined {
  const names = Object.keys(MODEL_PRESETS) as (keyof typeof MODEL_PRESETS)[];
  return names.find((name) => canonicalJson(MODEL_PRESETS[name].model_config) === canonicalJson(modelConfig));
}

/** What outputs of a preset are called, so that nobody takes them for a real model. */
export const DEMO_DESCRIPTION = "tiny random-init demo model";
