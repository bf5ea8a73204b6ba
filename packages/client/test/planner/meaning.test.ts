import type { Plan } from "@trainyard/core";
import { describe, expect, it } from "vitest";
import { embeddedPlanner } from "../../src/index.ts";
import { standardCatalog } from "./catalog.ts";

const plan = (goal: string, catalog = standardCatalog): Promise<Plan> =>
  embeddedPlanner().plan({ goal, catalog });
const inputOf = (made: Plan, id: string) => made.spec.steps[id]?.input ?? {};
const toolsOf = (made: Plan) => Object.values(made.spec.steps).map((step) => step.tool);
const questions = (made: Plan) => made.unresolved.map(({ question }) => question);

describe("a file that nothing trains on", () => {
  it.each([
    "Evaluate gpt2 on ./test.jsonl",
    "Quantize gpt2 to int8 and evaluate it on ./test.jsonl",
    "Compare gpt2 and distilgpt2 on https://example.org/test.csv.gz",
    "Finetune gpt2 on ./train.jsonl and evaluate it on ./test.jsonl",
  ])("is evaluated whole: %s", async (goal) => {
    const { spec } = await plan(goal);
    const loaders = Object.entries(spec.steps).filter(([, step]) => step.input?.["val_size"] === 0);
    expect(loaders).toHaveLength(1);
    const judged = Object.values(spec.steps).filter((step) => step.tool === "evaluate");
    for (const { input } of judged) expect(input?.["dataset"]).toEqual({ $from: `${loaders[0]![0]}.train` });
  });

  it.each([
    ["what else trains on it", "Finetune gpt2 on ./data.jsonl and evaluate it on ./data.jsonl"],
    ["a split that is named", "Evaluate gpt2 on the validation split of ./data.jsonl"],
    ["a share that is named", "Evaluate gpt2 on ./data.jsonl with val_size=0.5"],
    ["a dataset with splits of its own", "Evaluate gpt2 on squad"],
    ["a folder, which may have splits", "Evaluate gpt2 on the dataset ./data"],
  ])("gives way to %s", async (_name, goal) => {
    const made = await plan(goal);
    expect(inputOf(made, "data")["val_size"]).not.toBe(0);
    const judge = Object.values(made.spec.steps).find((step) => step.tool === "evaluate");
    expect(judge?.input?.["dataset"]).toEqual({ $from: "data.validation" });
  });
});

describe("methods", () => {
  it("are made before they are compared", async () => {
    const made = await plan("compare LoRA and QLoRA on squad with gpt2");
    expect(made.unresolved).toEqual([]);
    expect(inputOf(made, "tune_lora")).toMatchObject({ model: "openai-community/gpt2", method: "lora" });
    expect(inputOf(made, "tune_qlora")).toMatchObject({ model: "openai-community/gpt2", method: "qlora" });
    expect(toolsOf(made).filter((tool) => tool === "evaluate")).toHaveLength(3);
  });

  it("of one width are two where each has its own", async () => {
    const made = await plan("compare int8 and nf4 of gpt2 on squad");
    expect(inputOf(made, "quantized_int8")).toMatchObject({ method: "int8" });
    expect(inputOf(made, "quantized_nf4")).toMatchObject({ method: "bnb-nf4" });
    expect(inputOf(made, "quantized_int8")).not.toHaveProperty("calibration_dataset");
  });

  it("are calibrated on what they are compared on", async () => {
    const made = await plan("compare gptq and awq of gpt2 on squad");
    expect(inputOf(made, "quantized_gptq")).toHaveProperty("calibration_dataset");
  });

  it("of a configuration file are asked about, not guessed", async () => {
    const open = await plan("finetune gpt2 on squad with axolotl.yaml");
    expect(open.unresolved).toMatchObject([
      { what: "method", suggestions: ["lora", "qlora", "full", "dpo"] },
    ]);
    expect(questions(open)[0]).toContain("`axolotl.yaml`");
    expect(inputOf(open, "tune")).not.toHaveProperty("method");
    const clear = await plan("finetune gpt2 on squad with axolotl.yaml and qlora");
    expect(clear.unresolved).toEqual([]);
    expect(inputOf(clear, "tune")).toMatchObject({ method: "qlora" });
  });

  it.each(["quantize gpt2 to 3 bits", "finetune gpt2 on squad and quantize it with 6 bits"])(
    "are asked for where only the width is given: %s",
    async (goal) => {
      const { unresolved } = await plan(goal);
      expect(unresolved.map(({ what }) => what)).toEqual(["method"]);
    },
  );

  it("have a width and a type where the goal gives them", async () => {
    expect(inputOf(await plan("quantize gpt2 to 4 bits"), "quantized")).toMatchObject({ method: "bnb-nf4" });
    for (const goal of ["quantize gpt2 to q5_k_m", "quantize gpt2 to gguf with Q5_K_M"])
      expect(inputOf(await plan(goal), "quantized")).toMatchObject({ method: "gguf", gguf_type: "Q5_K_M" });
  });

  it.each(["evaluate gpt2 in int8 on squad", "evaluate gpt2 with LoRA on squad"])(
    "that no step can have are asked about: %s",
    async (goal) => {
      expect((await plan(goal)).unresolved.map(({ what }) => what)).toEqual(["method"]);
    },
  );
});

describe("values", () => {
  it.each([
    ["batch size sixteen", { per_device_train_batch_size: 16 }],
    ["twenty-four epochs", { num_train_epochs: 24 }],
    ["three thousand steps", { max_steps: 3000 }],
    ["a learning rate of about 1e-4", { learning_rate: 0.0001 }],
    ["no warmup", { warmup_ratio: 0 }],
    ["warmup 0.1", { warmup_ratio: 0.1 }],
    ["warmup 100", { warmup_steps: 100 }],
    ["warmup of one hundred steps", { warmup_steps: 100 }],
    ["a context of 2048 tokens in bf16", { max_length: 2048, bf16: true }],
    ["the name my-model", { name: "my-model" }],
  ])("are read: with %s", async (words, expected) => {
    const made = await plan(`finetune gpt2 on squad with ${words}`);
    expect(made.unresolved).toEqual([]);
    expect(inputOf(made, "tune")).toMatchObject(expected);
  });

  it.each([
    "finetune gpt2 on squad named my-model",
    "finetune gpt2 on squad, called 'my-model'",
    "finetune gpt2 on squad, evaluate it and call it my-model",
    "finetune gpt2 on squad and name the resulting model my-model",
  ])("name what is made: %s", async (goal) => {
    const made = await plan(goal);
    expect(made.unresolved).toEqual([]);
    expect(inputOf(made, "tune")).toMatchObject({ name: "my-model" });
    expect(inputOf(made, "data")).toEqual({ path: "squad" });
  });

  it("make lists where a tool takes one", async () => {
    const made = await plan("Create an environment with requirements=torch,lm-eval");
    expect(inputOf(made, "env")).toEqual({ requirements: ["torch", "lm-eval"] });
  });

  it.each([
    ["with batch size huge", "`batch size`"],
    ["with a learning rate that works", "`learning rate`"],
    ["with warmup", "`warmup`"],
    ["for several epochs", "`epochs`"],
    ["with learning rate 0", "`learning rate 0`"],
    ["with warmup 1.5", "`warmup 1.5`"],
  ])("that cannot be read are asked about: %s", async (words, named) => {
    const asked = questions(await plan(`finetune gpt2 on squad ${words}`));
    expect(asked).toHaveLength(1);
    expect(asked[0]).toContain(named);
  });

  it("of a tool that is named are all asked about", async () => {
    const { unresolved } = await plan("Create an environment with torch, numpy and lm-eval");
    expect(unresolved.map(({ suggestions }) => suggestions)).toEqual([
      ["requirements=torch"],
      ["requirements=numpy"],
      ["requirements=lm-eval"],
    ]);
  });

  it("of a comparison reach its evaluations", async () => {
    const made = await plan("compare gpt2 and distilgpt2 on squad with 100 samples");
    expect(inputOf(made, "eval_gpt2")).toMatchObject({ limit: 100 });
  });

  it.each(["finetune the model called foo on squad", "finetune gpt2 on the dataset called foo"])(
    "that name what is there already are no names of results: %s",
    async (goal) => {
      expect(questions(await plan(goal)).join()).toMatch(/Which (model|dataset) is `foo`/);
    },
  );
});

describe("known datasets", () => {
  it.each([
    ["gsm8k", { name: "main", column_map: { question: "prompt", answer: "completion" } }],
    ["dolly", { column_map: { context: "input", response: "output" } }],
    ["wikitext", { name: "wikitext-2-raw-v1" }],
    ["ultrachat", { split: "train_sft" }],
    ["ultrafeedback", { split: "train_prefs" }],
  ])("bring what they cannot be loaded without: %s", async (name, expected) => {
    expect(inputOf(await plan(`finetune gpt2 on ${name}`), "data")).toMatchObject(expected);
  });

  it("give way to what the goal says, and to what the loader has", async () => {
    const other = await plan("finetune gpt2 on wikitext with val_size=0.1");
    expect(inputOf(other, "data")).toMatchObject({ name: "wikitext-2-raw-v1", val_size: 0.1 });
    const format = await plan("finetune gpt2 on ultrafeedback");
    expect(inputOf(format, "data")).not.toHaveProperty("format");
  });

  it.each(["OpenOrca", "hh-rlhf"])("that need more are asked about: %s", async (name) => {
    expect((await plan(`finetune gpt2 on ${name}`)).unresolved.map(({ what }) => what)).toEqual(["dataset"]);
  });
});

describe("what is done", () => {
  it.each([
    "don't quantize, finetune gpt2 on squad without evaluation",
    "Do not quantize. Finetune gpt2 on squad, no evaluation",
  ])("is not what a clause before rules out: %s", async (goal) => {
    const made = await plan(goal);
    expect(made.unresolved).toEqual([]);
    expect(toolsOf(made)).toEqual(["load_dataset", "load_config", "create_env", "finetune"]);
  });

  it.each([
    "Finetune gpt2 on the train split of squad",
    "Finetune gpt2 on my training examples ./x.jsonl",
    "Finetune gpt2 on the train data ./x.jsonl",
  ])("is not what words about data would ask for: %s", async (goal) => {
    const made = await plan(goal);
    expect(made.unresolved).toEqual([]);
    expect(toolsOf(made)).not.toContain("train");
    expect(inputOf(made, "tune")).toMatchObject({ dataset: { $from: "data.train" } });
  });

  it("takes a preset by its name alone", async () => {
    const made = await plan("Train a model called foo on ./x.jsonl with the tiny llama preset");
    expect(made.unresolved).toEqual([]);
    expect(inputOf(made, "base")).toMatchObject({ name: "foo", preset: "tiny-llama" });
  });

  it("trains a preset before it finetunes it", async () => {
    const made = await plan(
      "Finetune a tiny llama on the sample dataset with LoRA for 2 epochs and quantize to int8",
    );
    expect(made.unresolved).toEqual([]);
    expect(inputOf(made, "base")).toMatchObject({ preset: "tiny-llama" });
    expect(inputOf(made, "base")).not.toHaveProperty("num_train_epochs");
    expect(inputOf(made, "tune")).toMatchObject({ model: { $from: "base.model" }, num_train_epochs: 2 });
    expect(toolsOf(made).filter((tool) => tool === "train")).toHaveLength(1);
  });

  it.each([
    "finetune gpt2 on squad and quantize it to int8",
    "finetune gpt2 on squad, evaluate it, then quantize it to int8",
  ])("evaluates the quantized model beside the tuned one: %s", async (goal) => {
    const made = await plan(goal);
    for (const [id, model] of [
      ["eval_tuned", "tune"],
      ["eval_quantized", "quantized"],
    ] as const)
      expect(inputOf(made, id)).toMatchObject({
        model: { $from: `${model}.model` },
        dataset: { $from: "data.validation" },
      });
  });

  it("evaluates no model that is only quantized", async () => {
    expect(toolsOf(await plan("quantize gpt2 to int8"))).not.toContain("evaluate");
  });
});
