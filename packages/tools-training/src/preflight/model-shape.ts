import * as z from "zod";

/** Dimensions of a decoder with gated feed-forward layers, as Llama, Mistral, Qwen, Gemma and Phi-3 have them. */
export interface ModelShape {
  readonly hidden: number;
  readonly layers: number;
  /** Width of all query heads. */
  readonly query: number;
  /** Width of all key heads; smaller than `query` with grouped attention. */
  readonly keyValue: number;
  readonly intermediate: number;
  readonly vocab: number;
  /** Whether input and output embeddings share their weights. */
  readonly tied: boolean;
  /** Whether query, key and value have biases. */
  readonly attentionBias: boolean;
}

/** A linear layer that an adapter can sit on. */
interface LinearShape {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

const dimension = z.number().int().min(1).max(10_000_000);
const LLAMA_LIKE = [
  "llama",
  "mistral",
  "qwen2",
  "qwen3",
  "gemma",
  "gemma2",
  "phi3",
  "smollm3",
  "granite",
  "olmo2",
];

const hubConfig = z.object({
  model_type: z.string().max(64).optional(),
  hidden_size: dimension,
  num_hidden_layers: dimension.max(10_000),
  num_attention_heads: dimension,
  num_key_value_heads: dimension.nullish(),
  head_dim: dimension.nullish(),
  intermediate_size: dimension,
  vocab_size: dimension,
  tie_word_embeddings: z.boolean().nullish(),
  attention_bias: z.boolean().nullish(),
});

/** The shape that a model's `config.json` describes; undefined for architectures that count differently. */
export function shapeOfConfig(config: unknown): ModelShape | undefined {
  const parsed = hubConfig.safeParse(config);
  if (!parsed.success) return undefined;
  const { model_type = "llama", ...fields } = parsed.data;
  if (!LLAMA_LIKE.includes(model_type)) return undefined;
  const headDim = fields.head_dim ?? fields.hidden_size / fields.num_attention_heads;
  return {
    hidden: fields.hidden_size,
    layers: fields.num_hidden_layers,
    query: fields.num_attention_heads * headDim,
    keyValue: (fields.num_key_value_heads ?? fields.num_attention_heads) * headDim,
    intermediate: fields.intermediate_size,
    vocab: fields.vocab_size,
    tied: fields.tie_word_embeddings ?? model_type.startsWith("gemma"),
    attentionBias: fields.attention_bias ?? model_type === "qwen2",
  };
}

/** The linear layers of one decoder layer. */
function linearsOf({ hidden, query, keyValue, intermediate }: ModelShape): readonly LinearShape[] {
  return [
    { name: "q_proj", inputs: hidden, outputs: query },
    { name: "k_proj", inputs: hidden, outputs: keyValue },
    { name: "v_proj", inputs: hidden, outputs: keyValue },
    { name: "o_proj", inputs: query, outputs: hidden },
    { name: "gate_proj", inputs: hidden, outputs: intermediate },
    { name: "up_proj", inputs: hidden, outputs: intermediate },
    { name: "down_proj", inputs: intermediate, outputs: hidden },
  ];
}

/** Parameters in the decoder's linear layers: those that 4-bit loading quantizes. */
export function quantizableParameters(shape: ModelShape): number {
  return shape.layers * linearsOf(shape).reduce((sum, { inputs, outputs }) => sum + inputs * outputs, 0);
}

/** All parameters. */
export function parameterCount(shape: ModelShape): number {
  const { hidden, layers, vocab, tied, attentionBias, query, keyValue } = shape;
  const norms = 2 * hidden + (attentionBias ? query + 2 * keyValue : 0);
  return quantizableParameters(shape) + layers * norms + hidden + vocab * hidden * (tied ? 1 : 2);
}

/** Parameters of a LoRA adapter of rank `rank`: `rank × (inputs + outputs)` for each layer it sits on. */
export function loraParameters(shape: ModelShape, rank: number, targets: unknown = "all-linear"): number {
  const names = Array.isArray(targets)
    ? targets.map((target) => String(target).split(".").at(-1))
    : undefined;
  const chosen = linearsOf(shape).filter(({ name }) => names === undefined || names.includes(name));
  return rank * shape.layers * chosen.reduce((sum, { inputs, outputs }) => sum + inputs + outputs, 0);
}
