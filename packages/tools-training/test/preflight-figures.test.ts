import { describe, expect, test } from "vitest";
import { memoryShortfall, tightness } from "../src/preflight/fit.ts";
import { knownShape } from "../src/preflight/known-models.ts";
import { estimateTraining, type TrainingLoad } from "../src/preflight/memory.ts";
import {
  loraParameters,
  parameterCount,
  quantizableParameters,
  shapeOfConfig,
} from "../src/preflight/model-shape.ts";
import { LAPTOP } from "./support/bench.ts";

const LLAMA = knownShape("meta-llama/Llama-2-7b-hf")!;
const GB = 1e9;

/** Llama-2-7b, one row of 2048 tokens, gradient checkpointing: the case that published figures are for. */
const load = (more: Partial<TrainingLoad> = {}): TrainingLoad => ({
  shape: LLAMA,
  method: "lora",
  adapterParameters: more.method === "full" ? 0 : loraParameters(LLAMA, 16),
  batch: 1,
  length: 2048,
  gradientCheckpointing: true,
  precision: "mixed",
  device: "gpu",
  ...more,
});
const gigabytes = (more: Partial<TrainingLoad>) => estimateTraining(load(more)).bytes / GB;

describe("parameters", () => {
  test("Llama-2-7b has 6.738 billion, 6.476 of them quantizable", () => {
    expect(parameterCount(LLAMA)).toBe(6_738_415_616);
    expect(quantizableParameters(LLAMA) / GB).toBeCloseTo(6.476, 3);
  });

  // The sizes that the model cards state, in billions.
  test.each([
    ["NousResearch/Llama-2-13b-hf", 13.016],
    ["meta-llama/Llama-2-70b-chat-hf", 68.977],
    ["meta-llama/Meta-Llama-3-8B-Instruct", 8.03],
    ["meta-llama/Llama-3.1-405B", 405.85],
    ["meta-llama/Llama-3.2-1B", 1.236],
    ["meta-llama/Llama-3.2-3B", 3.213],
    ["meta-llama/Llama-3.3-70B-Instruct", 70.554],
    ["mistralai/Mistral-7B-v0.1", 7.242],
    ["mistralai/Mistral-7B-Instruct-v0.3", 7.248],
    ["Qwen/Qwen2.5-0.5B-Instruct", 0.494],
    ["Qwen/Qwen2.5-7B", 7.616],
    ["Qwen/Qwen2.5-72B", 72.706],
    ["Qwen/Qwen3-8B", 8.19],
    ["TinyLlama/TinyLlama-1.1B-Chat-v1.0", 1.1],
    ["microsoft/Phi-3-mini-4k-instruct", 3.821],
    ["microsoft/phi-4", 14.66],
    ["HuggingFaceTB/SmolLM2-135M", 0.1345],
    ["google/gemma-2-2b", 2.614],
  ])("%s has %d billion", (name, billions) => {
    expect(parameterCount(knownShape(name)!) / GB / billions).toBeCloseTo(1, 2);
  });

  test("LoRA of rank 16 on all linear layers of Llama-2-7b trains 39.98 million, of rank 8 on q and v 4.19", () => {
    expect(loraParameters(LLAMA, 16) / 1e6).toBeCloseTo(39.98, 2);
    expect(loraParameters(LLAMA, 8, ["q_proj", "model.layers.0.self_attn.v_proj"]) / 1e6).toBeCloseTo(
      4.19,
      2,
    );
  });

  test("what counts differently, or is nonsense, is not guessed", () => {
    expect(knownShape("openai-community/gpt2")).toBeUndefined();
    expect(shapeOfConfig({ model_type: "gpt2", n_embd: 768 })).toBeUndefined();
    expect(shapeOfConfig({ ...LLAMA, model_type: "mamba" })).toBeUndefined();
    expect(shapeOfConfig({ hidden_size: -1 })).toBeUndefined();
    expect(shapeOfConfig("config")).toBeUndefined();
  });
});

describe("memory of Llama-2-7b", () => {
  test("all weights: about 60 GB in pure bf16, about 120 GB in the mixed precision that runs", () => {
    expect(gigabytes({ method: "full", precision: "pure-bf16" })).toBeGreaterThan(54);
    expect(gigabytes({ method: "full", precision: "pure-bf16" })).toBeLessThan(61);
    expect(gigabytes({ method: "full" })).toBeGreaterThan(114);
    expect(gigabytes({ method: "full" })).toBeLessThan(126);
  });

  test("LoRA about 16 GB, QLoRA 6 to 7.5 GB", () => {
    expect(gigabytes({})).toBeGreaterThan(15.5);
    expect(gigabytes({})).toBeLessThan(17);
    expect(gigabytes({ method: "qlora" })).toBeGreaterThan(6);
    expect(gigabytes({ method: "qlora" })).toBeLessThan(7.5);
  });

  test("without checkpointing LoRA needs about 6 GB more", () => {
    expect(gigabytes({ gradientCheckpointing: false }) - gigabytes({})).toBeGreaterThan(4);
    expect(gigabytes({ gradientCheckpointing: false }) - gigabytes({})).toBeLessThan(7);
  });

  test("the terms are sorted, add up, and say what dominates", () => {
    const { bytes, terms } = estimateTraining(load());
    expect(terms.reduce((sum, term) => sum + term.bytes, 0)).toBe(bytes);
    expect(terms.map((term) => term.bytes)).toEqual(
      terms.map((term) => term.bytes).toSorted((a, b) => b - a),
    );
    expect(terms[0]!.name).toBe("frozen weights");
    expect(estimateTraining(load({ method: "full" })).terms[0]!.name).toBe("optimizer");
  });

  test("a reference model for preferences adds its weights", () => {
    expect(gigabytes({ method: "full", reference: true }) - gigabytes({ method: "full" })).toBeCloseTo(
      26.95,
      1,
    );
  });
});

describe("what fits", () => {
  const cpu = (more: Partial<TrainingLoad> = {}) => load({ device: "cpu", precision: "fp32", ...more });
  const gpu = (totalBytes: number) => ({
    ...LAPTOP,
    gpus: [{ name: "NVIDIA Test", totalBytes, freeBytes: totalBytes }],
  });
  const shortfall = (loaded: TrainingLoad, machine = LAPTOP) =>
    memoryShortfall({
      label: "Llama-2-7b",
      method: loaded.method,
      load: loaded,
      gpuLoad: { ...loaded, device: "gpu", precision: "mixed" },
      accumulation: 8,
      machine,
    });

  test("without a GPU, the message has the figures of both kinds of memory", () => {
    const found = shortfall(cpu());
    expect(found).toMatchObject({ resource: "memory" });
    expect(found?.message).toMatch(
      /needs 16\.\d GB of GPU memory; this machine has no GPU and 23\.5 GB of main memory, where it would need 30\.\d GB/,
    );
    expect(found?.fix).toMatch(/Method qlora would fit \(7\.\d GB\).*24 GB GPU/);
  });

  test("the same method is made smaller before another one is suggested", () => {
    const found = shortfall(load({ batch: 2, gradientCheckpointing: false }), gpu(24e9));
    expect(found).toMatchObject({ resource: "gpu-memory" });
    expect(found?.message).toContain("NVIDIA Test has 24.0 GB");
    expect(found?.fix).toMatch(/^It fits with gradient_checkpointing true \(/);
    const tight = shortfall(load({ batch: 16, gradientCheckpointing: false }), gpu(20e9));
    expect(tight?.fix).toContain("per_device_train_batch_size 1 and gradient_accumulation_steps 128");
  });

  test("all weights on a 24 GB GPU: LoRA is suggested, and the GPU it takes", () => {
    expect(shortfall(load({ method: "full" }), gpu(24e9))?.fix).toMatch(
      /^Method lora would fit .*several GPUs/,
    );
  });

  test("what fits has no shortfall, and what fits barely a warning", () => {
    const fitting = (machine: ReturnType<typeof gpu>) => ({
      label: "x",
      method: "lora",
      load: load(),
      gpuLoad: load(),
      accumulation: 1,
      machine,
    });
    expect(shortfall(load(), gpu(24e9))).toBeUndefined();
    expect(tightness(fitting(gpu(24e9)))).toBeUndefined();
    expect(tightness(fitting(gpu(17e9)))).toContain("tight");
    expect(
      tightness(fitting({ ...LAPTOP, gpus: [{ name: "Busy", totalBytes: 80e9, freeBytes: 10e9 }] })),
    ).toContain("10.0 GB are free now");
  });
});
