import type { MemoryTerm } from "@trainyard/core";
import { type ModelShape, parameterCount, quantizableParameters } from "./model-shape.ts";

/** In which numbers a training computes: `mixed` keeps fp32 weights beside bf16 copies, `pure-bf16` has no fp32 at all. */
export type Precision = "fp32" | "mixed" | "pure-bf16";

/** What the memory of a training depends on. */
export interface TrainingLoad {
  readonly shape: ModelShape;
  /** What is trained: all weights, an adapter, or an adapter on 4-bit weights. */
  readonly method: "full" | "lora" | "qlora";
  readonly adapterParameters: number;
  /** Rows per micro-batch. */
  readonly batch: number;
  /** Sequences per row: 2 for preference pairs. Default 1. */
  readonly sequences?: number | undefined;
  /** Tokens per row. */
  readonly length: number;
  readonly gradientCheckpointing: boolean;
  readonly precision: Precision;
  readonly device: "gpu" | "cpu";
  /** Whether a frozen copy of all weights stands beside the trained ones. */
  readonly reference?: boolean | undefined;
}

/** Memory at the peak of a training. */
export interface MemoryEstimate {
  readonly bytes: number;
  /** Biggest first. */
  readonly terms: readonly MemoryTerm[];
}

/** CUDA context, kernels and the allocator's slack; Python and its libraries on a CPU. */
const RUNTIME_BYTES = { gpu: 1.4e9, cpu: 0.9e9 } as const;
/** Bits of a weight in NF4 with double quantization: 4 + 8/64 + 32/(64·256). Dettmers et al., QLoRA, 2023, section 3. */
const NF4_BITS = 4.127;
/** Rows of the output layer that trl's chunked loss holds at once. */
const LOSS_CHUNK_TOKENS = 256;

/**
 * Peak memory of a training step.
 *
 * Weights, gradients and AdamW: 4 + 4 + 8 bytes per parameter in fp32, 2 more for the bf16 copies of mixed precision
 * (18 in all, the factor of LLaMA-Factory's table), 2 + 2 + 4 in pure bf16. Frozen weights: 2 bytes, 4 in fp32; 4-bit
 * ones as in the QLoRA paper, with embeddings and output layer in fp32, which PEFT's k-bit preparation makes of them.
 * Activations per layer: `(S·B·(H + 2K) + 2·S·B + 2·S·B·M) · width · 1.25` after Unsloth's published estimate, of all
 * layers, or with gradient checkpointing of one (an adapter) or two (all weights) plus every layer's input.
 */
export function estimateTraining(load: TrainingLoad): MemoryEstimate {
  const terms = [
    ...modelTerms(load),
    ...activationTerms(load),
    {
      name: load.device === "gpu" ? "CUDA context" : "Python and libraries",
      bytes: RUNTIME_BYTES[load.device],
    },
  ];
  const present = terms
    .map(({ name, bytes }) => ({ name, bytes: Math.round(bytes) }))
    .filter(({ bytes }) => bytes > 0);
  return {
    bytes: present.reduce((sum, { bytes }) => sum + bytes, 0),
    terms: present.toSorted((a, b) => b.bytes - a.bytes),
  };
}

function modelTerms({
  shape,
  method,
  adapterParameters,
  precision,
  reference,
}: TrainingLoad): readonly MemoryTerm[] {
  const all = parameterCount(shape);
  const wide = precision === "pure-bf16" ? 2 : 4;
  if (method === "full") {
    return [
      { name: "weights", bytes: all * wide },
      { name: "bf16 copies of the weights", bytes: precision === "mixed" ? all * 2 : 0 },
      { name: "gradients", bytes: all * wide },
      { name: "optimizer", bytes: all * wide * 2 },
      { name: "reference model", bytes: reference ? all * wide : 0 },
    ];
  }
  return [
    {
      name: method === "qlora" ? "4-bit weights" : "frozen weights",
      bytes: frozenBytes(shape, method, precision),
    },
    { name: "adapter with gradients and optimizer", bytes: adapterParameters * 16 },
  ];
}

function frozenBytes(shape: ModelShape, method: "lora" | "qlora", precision: Precision): number {
  const all = parameterCount(shape);
  if (method === "lora") return all * (precision === "fp32" ? 4 : 2);
  const quantized = quantizableParameters(shape);
  return (quantized * NF4_BITS) / 8 + (all - quantized) * 4;
}

function activationTerms({
  shape,
  method,
  batch,
  sequences = 1,
  length,
  gradientCheckpointing,
  precision,
}: TrainingLoad): readonly MemoryTerm[] {
  const width = precision === "fp32" ? 4 : 2;
  const tokens = batch * sequences * length;
  const perLayer = tokens * (shape.hidden + 2 * shape.keyValue + 2 + 2 * shape.intermediate) * width * 1.25;
  const atOnce = gradientCheckpointing ? Math.min(shape.layers, method === "full" ? 2 : 1) : shape.layers;
  return [
    { name: "activations", bytes: perLayer * atOnce },
    {
      name: "checkpointed layer inputs",
      bytes: gradientCheckpointing ? tokens * shape.hidden * width * shape.layers : 0,
    },
    // Logits in the computing width, in fp32, and their gradient.
    { name: "logits", bytes: Math.min(tokens, LOSS_CHUNK_TOKENS) * shape.vocab * (width + 8) },
  ];
}
