import type { JsonObject } from "@trainyard/core";

/** A model made from a config, with random weights and a tokenizer trained on the data. */
export interface ModelPreset {
  readonly model_config: JsonObject;
  readonly tokenizer: JsonObject;
}

/** Models that need no download; `tiny-llama` is what `train` makes when nothing else is asked for. */
export const MODEL_PRESETS = {
  "tiny-llama": {
    model_config: { hidden_size: 128, num_hidden_layers: 4, num_attention_heads: 4, intermediate_size: 344 },
    tokenizer: { train: { vocab_size: 512 } },
  },
} as const satisfies Readonly<Record<string, ModelPreset>>;

/** What outputs of a preset are called, so that nobody takes them for a real model. */
export const DEMO_DESCRIPTION = "tiny random-init demo model";
