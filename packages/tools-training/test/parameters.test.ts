import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveFinetune } from "../src/tools/resolve-finetune.ts";
import { resolveTrain } from "../src/tools/resolve-train.ts";
import { type Bench, createBench } from "./support/bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await createBench();
});
afterAll(() => bench.remove());

const finetune = async (input: object, config?: object) =>
  (
    await resolveFinetune(
      { ...input, ...(config && { config: await bench.config(config) }) },
      bench.artifacts,
    )
  ).values;
const train = async (input: object, config?: object) =>
  (await resolveTrain({ ...input, ...(config && { config: await bench.config(config) }) }, bench.artifacts))
    .values;

describe("defaults", () => {
  test.each([
    [
      "lora",
      {
        learning_rate: 1e-4,
        lora_r: 16,
        lora_alpha: 32,
        lora_dropout: 0.05,
        target_modules: "all-linear",
        per_device_train_batch_size: 1,
        gradient_accumulation_steps: 8,
      },
    ],
    [
      "qlora",
      {
        learning_rate: 2e-4,
        lora_r: 16,
        per_device_train_batch_size: 2,
        gradient_accumulation_steps: 4,
        quant_type: "nf4",
        double_quant: true,
      },
    ],
    [
      "full",
      {
        learning_rate: 2e-5,
        per_device_train_batch_size: 1,
        gradient_accumulation_steps: 16,
        warmup_ratio: 0.03,
      },
    ],
    ["dpo", { learning_rate: 5e-6, beta: 0.1, max_length: 1024, use_lora: true }],
  ] as const)("%s has those of its method", async (method, expected) => {
    const resolved = await finetune({ method });
    expect(resolved).toMatchObject(expected);
    expect(resolved).toMatchObject({
      num_train_epochs: 3,
      lr_scheduler_type: "cosine",
      gradient_checkpointing: true,
      seed: 42,
    });
  });

  test("full has nothing of an adapter", async () => {
    expect(Object.keys(await finetune({ method: "full" })).filter((key) => key.startsWith("lora_"))).toEqual(
      [],
    );
    expect(
      Object.keys(await finetune({ method: "dpo", use_lora: false })).filter((key) =>
        key.startsWith("lora_"),
      ),
    ).toEqual([]);
  });

  test("dpo has nothing of supervised training", async () => {
    expect(Object.keys(await finetune({ method: "dpo" }))).not.toEqual(expect.arrayContaining(["packing"]));
    expect(await finetune({ method: "lora" })).toMatchObject({ packing: false, completion_only_loss: true });
  });

  test("train without a model makes the preset", async () => {
    const resolved = await train({});
    expect(resolved).toMatchObject({
      model_config: { hidden_size: 128 },
      tokenizer: { train: { vocab_size: 512 } },
    });
    expect(resolved).not.toHaveProperty("preset");
    expect(await train({ preset: "tiny-llama", tokenizer: { train: { vocab_size: 300 } } })).toMatchObject({
      tokenizer: { train: { vocab_size: 300 } },
    });
  });
});

describe("precedence", () => {
  test("input goes over config, config over defaults", async () => {
    const resolved = await finetune({ learning_rate: 0.01 }, { learning_rate: 0.02, lora_r: 4 });
    expect(resolved).toMatchObject({ learning_rate: 0.01, lora_r: 4, lora_alpha: 32 });
  });

  test("a larger micro-batch keeps the effective batch", async () => {
    expect(await finetune({ per_device_train_batch_size: 4 })).toMatchObject({
      gradient_accumulation_steps: 2,
    });
    expect(await finetune({ per_device_train_batch_size: 32 })).toMatchObject({
      gradient_accumulation_steps: 1,
    });
    expect(await finetune({}, { per_device_train_batch_size: 4 })).toMatchObject({
      gradient_accumulation_steps: 2,
    });
    expect(await finetune({ per_device_train_batch_size: 4, gradient_accumulation_steps: 8 })).toMatchObject({
      gradient_accumulation_steps: 8,
    });
  });

  test("warmup_steps and max_steps push the defaults out that they overrule", async () => {
    const resolved = await finetune({ warmup_steps: 5, max_steps: 10 });
    expect(resolved).not.toHaveProperty("warmup_ratio");
    expect(resolved).not.toHaveProperty("num_train_epochs");
  });
});

describe("a bad config is refused", () => {
  test("unknown keys name the nearest", async () => {
    await expect(finetune({}, { learning_rat: 1 })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("`learning_rate`"),
    });
    await expect(finetune({}, { zzz: 1 })).rejects.toMatchObject({
      message: expect.stringContaining("lora_r"),
    });
    await expect(finetune({}, { constructor: 1 })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("values out of bounds say the bound", async () => {
    await expect(finetune({}, { lora_r: 0 })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/`lora_r` to 0: .*1/),
    });
  });

  test("what contradicts the step", async () => {
    await expect(finetune({ method: "lora" }, { method: "full" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("set `method` on the step"),
    });
    await expect(finetune({ method: "full" }, { lora_r: 8 })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("lora_r"),
    });
    await expect(train({ base_model: "org/name" }, { model_config: {} })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("base_model"),
    });
    await expect(finetune({ method: "dpo" }, { packing: true })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("`packing` has no meaning for method dpo"),
    });
  });

  test("a method that the step agrees with passes", async () => {
    expect(await finetune({ method: "qlora" }, { method: "qlora", lora_r: 2 })).toMatchObject({ lora_r: 2 });
  });

  test("content that is no object", async () => {
    await expect(finetune({}, [1])).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("a config written for a whole training", () => {
  const WHOLE = {
    model: "org/name",
    val_size: 0.1,
    prompt_template: "alpaca",
    optim: "paged_adamw_32bit",
    max_steps: -1,
    warmup_steps: 0.05,
    lora_r: 4,
  };

  test("gives the step its parameters, and says what it does not use", async () => {
    const { values, notes } = await resolveFinetune({ config: await bench.config(WHOLE) }, bench.artifacts);
    expect(values).toMatchObject({ lora_r: 4, warmup_ratio: 0.05, num_train_epochs: 3 });
    expect(Object.keys(values)).not.toEqual(expect.arrayContaining(["max_steps"]));
    expect(["model", "val_size", "prompt_template", "optim"].filter((key) => key in values)).toEqual([]);
    expect(notes.join(" ")).toMatch(/org\/name.*val_size.*alpaca.*paged_adamw_32bit/);
    expect((await bench.preflight("finetune", { config: await bench.config(WHOLE) })).warnings).toEqual(
      expect.arrayContaining([...notes]),
    );
  });

  test("the usual optimizer needs no word", async () => {
    expect(
      (await resolveFinetune({ config: await bench.config({ optim: "adamw_torch" }) }, bench.artifacts))
        .notes,
    ).toEqual([]);
  });

  test("for an adapter, train refuses it", async () => {
    await expect(train({}, { method: "lora" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("use `finetune`"),
    });
    expect(await train({}, { method: "full", learning_rate: 0.1 })).toMatchObject({ learning_rate: 0.1 });
  });
});
