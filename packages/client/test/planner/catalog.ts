import {
  artifact,
  type Catalog,
  createRegistry,
  definePlugin,
  defineTool,
  type Plugin,
  type Recipe,
} from "@trainyard/core";
import * as z from "zod";

const modelInput = z.union([z.string().min(1), artifact("model")]);
const training = {
  name: z.string().min(1).optional(),
  num_train_epochs: z.number().gt(0).optional(),
  max_steps: z.number().int().min(1).optional(),
  per_device_train_batch_size: z.number().int().min(1).optional(),
  learning_rate: z.number().gt(0).max(10).optional(),
  warmup_steps: z.number().int().min(0).optional(),
  warmup_ratio: z.number().min(0).lt(1).optional(),
  max_length: z.number().int().min(2).optional(),
  seed: z.number().int().min(0).optional(),
  lr_scheduler_type: z.enum(["linear", "cosine"]).optional(),
  gradient_checkpointing: z.boolean().optional(),
  packing: z.boolean().optional(),
};
const never = (): never => {
  throw new Error("a planner runs nothing");
};

const loadDataset = defineTool({
  name: "load_dataset",
  description: "Loads a dataset.",
  input: z.object({
    path: z.string().min(1),
    name: z.string().optional(),
    split: z.string().optional(),
    column_map: z.record(z.string(), z.string()).optional(),
    val_size: z.number().min(0).lt(1).optional(),
    max_samples: z.int().min(1).optional(),
    seed: z.int().min(0).default(42),
  }),
  output: z.object({
    train: artifact("dataset"),
    validation: artifact("dataset").optional(),
    test: artifact("dataset").optional(),
    rows: z.record(z.string(), z.number()),
  }),
  run: never,
});

const loadConfig = defineTool({
  name: "load_config",
  description: "Reads a configuration.",
  input: z.object({ path: z.string().optional(), overrides: z.record(z.string(), z.json()).optional() }),
  output: z.object({ config: artifact("config") }),
  run: never,
});

const createEnv = defineTool({
  name: "create_env",
  description: "Makes a Python environment.",
  input: z.object({ python: z.string().optional(), requirements: z.array(z.string()).optional() }),
  output: z.object({ env: artifact("env") }),
  run: never,
});

const train = defineTool({
  name: "train",
  description: "Trains a model from scratch, or further.",
  input: z.object({
    dataset: artifact("dataset"),
    eval_dataset: artifact("dataset").optional(),
    env: artifact("env").optional(),
    config: artifact("config").optional(),
    base_model: modelInput.optional(),
    preset: z.enum(["tiny-llama"]).optional(),
    ...training,
  }),
  output: z.object({ model: artifact("model"), train_loss: z.number() }),
  run: never,
});

const finetune = defineTool({
  name: "finetune",
  description: "Finetunes a model.",
  input: z.object({
    model: modelInput,
    dataset: artifact("dataset"),
    env: artifact("env").optional(),
    config: artifact("config").optional(),
    method: z.enum(["lora", "qlora", "full", "dpo"]).default("lora"),
    ...training,
    lora_r: z.number().int().min(1).max(4096).optional(),
    lora_alpha: z.number().gt(0).optional(),
    bf16: z.union([z.literal("auto"), z.boolean()]).optional(),
  }),
  output: z.object({ model: artifact("model"), train_loss: z.number() }),
  run: never,
});

const evaluate = defineTool({
  name: "evaluate",
  description: "Measures a model.",
  input: z.object({
    model: modelInput,
    dataset: artifact("dataset").optional(),
    env: artifact("env").optional(),
    config: artifact("config").optional(),
    tasks: z.array(z.string()).optional(),
    limit: z.number().int().min(1).optional(),
    batch_size: z.number().int().min(1).optional(),
    seed: z.number().int().min(0).optional(),
  }),
  output: z.object({ report: artifact("report"), exact_match: z.number().optional() }),
  run: never,
});

const quantize = defineTool({
  name: "quantize",
  description: "Makes a model smaller.",
  input: z.object({
    model: modelInput,
    env: artifact("env").optional(),
    config: artifact("config").optional(),
    calibration_dataset: artifact("dataset").optional(),
    method: z.enum(["int8", "bnb-nf4", "bnb-int8", "gptq", "awq", "gguf"]).optional(),
    bits: z.number().int().min(2).max(8).optional(),
    gguf_type: z.string().optional(),
  }),
  output: z.object({ model: artifact("model.quantized"), size_bytes: z.number() }),
  run: never,
});

const overrides = (values: Record<string, number>) => ({ env: {}, config: { overrides: values } });

const recipes: readonly Recipe[] = [
  { name: "train", tool: "train", sources: { env: {} } },
  {
    name: "train-tiny",
    tool: "train",
    when: { preset: "tiny-llama" },
    sources: overrides({ num_train_epochs: 12 }),
  },
  {
    name: "train-tiny-on-sample",
    tool: "train",
    when: { preset: "tiny-llama", "dataset.path": "sample" },
    sources: { ...overrides({ num_train_epochs: 12 }), dataset: { path: "sample", name: "plain" } },
  },
  {
    name: "lora",
    tool: "finetune",
    input: { method: "lora" },
    sources: overrides({ lora_r: 16, num_train_epochs: 3 }),
  },
  { name: "full", tool: "finetune", when: { method: "full" }, sources: overrides({ num_train_epochs: 3 }) },
  {
    name: "finetune-tiny-on-sample",
    tool: "finetune",
    when: { "model.preset": "tiny-llama", "dataset.path": "sample" },
    sources: { dataset: { path: "sample", name: "sentence" } },
  },
  { name: "evaluate", tool: "evaluate", sources: { env: {} } },
  { name: "quantize", tool: "quantize", sources: { env: {} } },
];

const summarizeReport = defineTool({
  name: "summarize_report",
  description: "Writes a short account of an evaluation in plain words.",
  annotations: { title: "Explain results" },
  input: z.object({ report: artifact("report"), style: z.enum(["short", "long"]).optional() }),
  output: z.object({ summary: artifact("text") }),
  run: never,
});

const compareReports = defineTool({
  name: "rank_models",
  description: "Orders models by their reports.",
  input: z.object({ reports: z.array(artifact("report")) }),
  output: z.object({ ranking: artifact("text") }),
  run: never,
});

const cleanDataset = defineTool({
  name: "clean_dataset",
  description: "Removes duplicates from a dataset.",
  input: z.object({ dataset: artifact("dataset"), threshold: z.number().optional() }),
  output: z.object({ dataset: artifact("dataset") }),
  run: never,
});

/** The tools that come with Trainyard, as far as a planner sees them. */
export const standardPlugin: Plugin = definePlugin({
  name: "standard",
  tools: [loadDataset, loadConfig, createEnv, train, finetune, evaluate, quantize],
  recipes,
});

/** Tools somebody else has written. */
export const extraPlugin: Plugin = definePlugin({
  name: "extra",
  tools: [summarizeReport, compareReports, cleanDataset],
});

export const standardCatalog: Catalog = createRegistry([standardPlugin]).catalog;
export const extendedCatalog: Catalog = createRegistry([standardPlugin, extraPlugin]).catalog;
