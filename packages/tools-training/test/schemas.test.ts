import { kindFits } from "@trainyard/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { trainingTools } from "../src/index.ts";
import { type Bench, createBench } from "./support/bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await createBench();
});
afterAll(() => bench.remove());

const REF = { kind: "dataset", digest: `sha256:${"a".repeat(64)}`, sizeBytes: 1 };
const MODEL = { ...REF, kind: "model.adapter" };

test("ports survive the refinements and the unions", () => {
  const { descriptors } = bench.registry;
  expect(Object.keys(descriptors.get("train")!.inputs)).toEqual([
    "dataset",
    "eval_dataset",
    "env",
    "config",
    "base_model",
    "resume_from_checkpoint",
  ]);
  expect(descriptors.get("finetune")!.inputs["model"]).toEqual({
    kind: "model",
    list: false,
    literal: true,
    optional: false,
  });
  expect(descriptors.get("evaluate")!.inputs["dataset"]).toMatchObject({ kind: "dataset", optional: true });
  expect(descriptors.get("quantize")!.outputs["model"]).toMatchObject({ kind: "model.quantized" });
});

test.each([{ cpus: 0 }, { cpus: 1.5 }, { memoryBytes: 0 }, { memoryBytes: Number.NaN }])(
  "trainingTools refuses %j",
  (options) => {
    expect(() => trainingTools(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  },
);

test("every parameter says what it is", () => {
  for (const { name, inputSchema } of bench.registry.descriptors.values()) {
    const { properties } = inputSchema as { properties: Record<string, { description?: string }> };
    const silent = Object.entries(properties).filter(([, { description }]) => !description);
    expect(silent.map(([key]) => `${name}.${key}`)).toEqual([]);
  }
});

test("the kind of finetune's output follows its method", () => {
  const { outputKinds } = bench.registry.get("finetune");
  const kindOf = (input: object) => outputKinds!(input as Record<string, unknown>)["model"]!;
  expect([{}, { method: "lora" }, { method: "qlora" }, { method: "dpo" }].map(kindOf)).toEqual(
    Array(4).fill("model.adapter"),
  );
  expect([{ method: "full" }, { method: "dpo", use_lora: false }].map(kindOf)).toEqual(["model", "model"]);
  expect(kindFits(kindOf({}), "model")).toBe(true);
});

test.each([
  ["train", { dataset: REF, base_model: "org/name", model_config: {} }, "not model_config and base_model"],
  ["train", { dataset: REF, preset: "tiny-llama", base_model: "org/name" }, "not preset and base_model"],
  ["train", { dataset: REF, base_model: "org/name", tokenizer: "org/name" }, "brings its own tokenizer"],
  ["train", { dataset: REF, model_config: { hidden: 8 } }, "hidden"],
  ["train", { dataset: REF, learning_rate: 0 }, "learning_rate"],
  ["train", { dataset: REF, max_steps: 0 }, "max_steps"],
  ["train", { dataset: REF, name: "../up" }, "name"],
  ["finetune", { model: "org/name", dataset: REF, quant_type: "nf4" }, "it goes with qlora"],
  ["finetune", { model: "org/name", dataset: REF, method: "full", lora_r: 4 }, "no meaning for method full"],
  ["finetune", { model: REF, dataset: REF }, "model"],
  ["evaluate", { model: MODEL }, "Give a dataset"],
  ["evaluate", { model: MODEL, tasks: ["squad"] }, "Give a dataset"],
  ["evaluate", { model: MODEL, tasks: ["a b; rm"] }, "lm-eval"],
  ["quantize", { model: MODEL, method: "gptq" }, "needs a calibration_dataset"],
  ["quantize", { model: MODEL, bits: 4 }, "8 bits, not 4"],
  ["quantize", { model: MODEL, group_size: 64 }, "goes with gptq, awq"],
  ["quantize", { model: MODEL, calibration_dataset: REF }, "calibration_dataset has no meaning"],
  ["quantize", { model: MODEL, gguf_type: "Q5_K_S" }, "it goes with gguf"],
  [
    "quantize",
    { model: MODEL, method: "gguf", skip_modules: ["lm_head"] },
    "goes with int8, bnb-int8, bnb-nf4",
  ],
  ["quantize", { model: MODEL, method: "gguf", bits: 7 }, "no type of 7 bits"],
  ["quantize", { model: MODEL, method: "gguf", bits: 4, gguf_type: "Q5_K_S" }, "not both"],
  ["quantize", { model: MODEL, config: { ...REF, kind: "config" } }, "config"],
  ["evaluate", { model: MODEL, dataset: REF, config: { ...REF, kind: "config" } }, "config"],
  [
    "finetune",
    { model: "org/name", dataset: REF, method: "dpo", packing: true },
    "it goes with lora, qlora, full",
  ],
])("%s refuses %j", (tool, input, words) => {
  const { error } = bench.registry.get(tool).input.safeParse(input);
  expect(JSON.stringify(error?.issues)).toContain(words);
});

test.each([
  ["evaluate", { model: MODEL, tasks: ["arc_easy", "hellaswag"] }],
  ["quantize", { model: MODEL, method: "gguf", gguf_type: "Q5_K_S" }],
  ["quantize", { model: MODEL, method: "bnb-nf4", bits: 4, skip_modules: ["lm_head"] }],
  ["quantize", { model: MODEL, method: "gptq", calibration_dataset: REF, group_size: -1 }],
  ["finetune", { model: "name@3", dataset: REF, method: "dpo", beta: 0.2, lora_r: 4 }],
])("%s takes %j", (tool, input) => {
  expect(bench.registry.get(tool).input.safeParse(input).error?.issues).toBeUndefined();
});
