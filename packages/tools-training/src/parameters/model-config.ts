import * as z from "zod";

const size = (maximum: number) => z.number().int().min(1).max(maximum);

/** A Llama to make from scratch, under the names of `LlamaConfig`. */
export const modelConfigSchema = z
  .strictObject({
    hidden_size: size(65_536).optional(),
    num_hidden_layers: size(1024).optional(),
    num_attention_heads: size(1024).optional(),
    num_key_value_heads: size(1024).optional(),
    head_dim: size(4096).optional(),
    intermediate_size: size(262_144).optional(),
    max_position_embeddings: size(1_048_576).optional(),
    rms_norm_eps: z.number().gt(0).max(0.1).optional(),
    initializer_range: z.number().gt(0).max(10).optional(),
    attention_dropout: z.number().min(0).lt(1).optional(),
    attention_bias: z.boolean().optional(),
    mlp_bias: z.boolean().optional(),
    tie_word_embeddings: z.boolean().optional(),
  })
  .describe(
    "A Llama with random weights, in LlamaConfig's names; the vocabulary is the tokenizer's. Excludes base_model and preset.",
  );

/** Where the tokenizer of a model made from scratch comes from. */
export const tokenizerSchema = z
  .union([
    z.string().min(1).max(1000),
    z.strictObject({
      train: z.strictObject({ vocab_size: z.number().int().min(258).max(1_000_000).default(512) }),
    }),
  ])
  .describe(
    "A hub name or folder, or { train: { vocab_size } } for a byte-level one trained on the dataset. Default: trained, 512 entries.",
  );
