import { type ModelShape, shapeOfConfig } from "./model-shape.ts";

type Row = readonly [
  pattern: RegExp,
  hidden: number,
  layers: number,
  heads: number,
  keyValueHeads: number,
  intermediate: number,
  vocab: number,
  more?: { readonly tied?: true; readonly headDim?: number; readonly type?: string },
];

/** Dimensions from the models' own `config.json`, for when the hub cannot be asked. Copies carry the same names. */
const ROWS: readonly Row[] = [
  [/llama-?2-7b/, 4096, 32, 32, 32, 11_008, 32_000],
  [/llama-?2-13b/, 5120, 40, 40, 40, 13_824, 32_000],
  [/llama-?2-70b/, 8192, 80, 64, 8, 28_672, 32_000],
  [/llama-3(\.1)?-8b/, 4096, 32, 32, 8, 14_336, 128_256],
  [/llama-3(\.[13])?-70b/, 8192, 80, 64, 8, 28_672, 128_256],
  [/llama-3\.1-405b/, 16_384, 126, 128, 8, 53_248, 128_256],
  [/llama-3\.2-1b/, 2048, 16, 32, 8, 8192, 128_256, { tied: true }],
  [/llama-3\.2-3b/, 3072, 28, 24, 8, 8192, 128_256, { tied: true }],
  [/tinyllama-1\.1b|tinyllama_v1/, 2048, 22, 32, 4, 5632, 32_000],
  [/mistral-7b(-instruct)?-v0\.3/, 4096, 32, 32, 8, 14_336, 32_768],
  [/mistral-7b/, 4096, 32, 32, 8, 14_336, 32_000],
  [/qwen2\.5-(coder-)?0\.5b/, 896, 24, 14, 2, 4864, 151_936, { tied: true, type: "qwen2" }],
  [/qwen2\.5-(coder-|math-)?1\.5b/, 1536, 28, 12, 2, 8960, 151_936, { tied: true, type: "qwen2" }],
  [/qwen2\.5-(coder-)?3b/, 2048, 36, 16, 2, 11_008, 151_936, { tied: true, type: "qwen2" }],
  [/qwen2\.5-(coder-|math-)?7b/, 3584, 28, 28, 4, 18_944, 152_064, { type: "qwen2" }],
  [/qwen2\.5-(coder-)?14b/, 5120, 48, 40, 8, 13_824, 152_064, { type: "qwen2" }],
  [/qwen2\.5-(coder-)?32b/, 5120, 64, 40, 8, 27_648, 152_064, { type: "qwen2" }],
  [/qwen2\.5-(math-)?72b/, 8192, 80, 64, 8, 29_568, 152_064, { type: "qwen2" }],
  [/qwen3-0\.6b/, 1024, 28, 16, 8, 3072, 151_936, { tied: true, headDim: 128 }],
  [/qwen3-1\.7b/, 2048, 28, 16, 8, 6144, 151_936, { tied: true, headDim: 128 }],
  [/qwen3-4b/, 2560, 36, 32, 8, 9728, 151_936, { tied: true, headDim: 128 }],
  [/qwen3-8b/, 4096, 36, 32, 8, 12_288, 151_936, { headDim: 128 }],
  [/smollm2-135m/, 576, 30, 9, 3, 1536, 49_152, { tied: true }],
  [/smollm2-360m/, 960, 32, 15, 5, 2560, 49_152, { tied: true }],
  [/smollm2-1\.7b/, 2048, 24, 32, 32, 8192, 49_152, { tied: true }],
  [/phi-3(\.5)?-mini/, 3072, 32, 32, 32, 8192, 32_064],
  [/(^|\/)phi-4$/, 5120, 40, 40, 10, 17_920, 100_352],
  [/gemma-2-2b/, 2304, 26, 8, 4, 9216, 256_000, { tied: true, headDim: 256 }],
  [/gemma-2-9b/, 3584, 42, 16, 8, 14_336, 256_000, { tied: true, headDim: 256 }],
];

/** The shape of a common hub model by its name; undefined for any other. */
export function knownShape(hubName: string): ModelShape | undefined {
  const row = ROWS.find(([pattern]) => pattern.test(hubName.toLowerCase()));
  if (!row) return undefined;
  const [
    ,
    hidden_size,
    num_hidden_layers,
    num_attention_heads,
    num_key_value_heads,
    intermediate_size,
    vocab_size,
    more,
  ] = row;
  return shapeOfConfig({
    model_type: more?.type ?? "llama",
    hidden_size,
    num_hidden_layers,
    num_attention_heads,
    num_key_value_heads,
    intermediate_size,
    vocab_size,
    head_dim: more?.headDim,
    tie_word_embeddings: more?.tied ?? false,
  });
}
