import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRegistry } from "@trainyard/core";
import { nativeConfigKeys, utilityTools } from "@trainyard/tools-utility";
import { describe, expect, test } from "vitest";
import { axolotl } from "../src/config/axolotl-keys.ts";
import { hf } from "../src/config/hf-keys.ts";
import { llamafactory } from "../src/config/llamafactory-keys.ts";
import { createStep, type Json, runTool, temporaryFolder } from "./tool-context.ts";

async function setUp(allowedRoots?: readonly string[]) {
  const folder = await temporaryFolder();
  const tool = createRegistry([utilityTools({ env: {}, ...(allowedRoots && { allowedRoots }) })]).get(
    "load_config",
  );
  const { context, artifacts, logged } = await createStep(folder);
  return { folder, artifacts, tool, logged, load: (input: object) => runTool(tool, input, context) };
}

describe("dialects", () => {
  test("native names pass, with numbers written as text", async () => {
    const { load, artifacts, tool } = await setUp();
    const text =
      "learning_rate: '1e-4'\nmax_steps: 1_000\nlora_r: 8\nbf16: auto\npacking: yes\neval_strategy: no\ntarget_modules: [q_proj, v_proj]";
    const output = await load({ text });
    const values = {
      learning_rate: 0.0001,
      max_steps: 1000,
      lora_r: 8,
      bf16: "auto",
      packing: true,
      eval_strategy: "no",
      target_modules: ["q_proj", "v_proj"],
    };
    expect(output).toMatchObject({
      dialect: "native",
      values,
      unknown_keys: [],
      removed_keys: [],
      warnings: [],
    });
    expect(output["config"]).toMatchObject({
      kind: "config",
      meta: { dialect: "native", keys: Object.keys(values) },
    });
    const stored = Buffer.from(await artifacts.read(output["config"].digest, "config.json")).toString();
    expect(JSON.parse(stored)).toEqual(values);
    expect(tool.preview).toBe(true);
  });

  test("axolotl", async () => {
    const { load } = await setUp();
    const text = `
base_model: NousResearch/Llama-2-7b-hf
load_in_4bit: true
adapter: lora
datasets:
  - path: mhenrichsen/alpaca_2k_test
    type: alpaca
val_set_size: 0.05
sequence_len: 4096
sample_packing: false
lora_r: 32
lora_alpha: 16
lora_dropout: 0.05
lora_target_linear: true
lora_target_modules:
micro_batch_size: 2
gradient_accumulation_steps: 4
num_epochs: 4
optimizer: paged_adamw_32bit
lr_scheduler: cosine
learning_rate: 0.0002
train_on_inputs: false
gradient_checkpointing: true
flash_attention: true
warmup_steps: 10
`;
    const output = await load({ text });
    expect(output).toMatchObject({
      dialect: "axolotl",
      unknown_keys: [],
      dataset: { path: "mhenrichsen/alpaca_2k_test", format: "alpaca" },
    });
    expect(output["values"]).toEqual({
      model: "NousResearch/Llama-2-7b-hf",
      method: "qlora",
      val_size: 0.05,
      max_length: 4096,
      packing: false,
      lora_r: 32,
      lora_alpha: 16,
      lora_dropout: 0.05,
      target_modules: "all-linear",
      per_device_train_batch_size: 2,
      gradient_accumulation_steps: 4,
      num_train_epochs: 4,
      optim: "paged_adamw_32bit",
      lr_scheduler_type: "cosine",
      learning_rate: 0.0002,
      completion_only_loss: true,
      gradient_checkpointing: true,
      warmup_steps: 10,
    });
  });

  test("LLaMA-Factory", async () => {
    const { load } = await setUp();
    const text = `
model_name_or_path: meta-llama/Llama-2-7b-hf
quantization_bit: 4
stage: sft
do_train: true
finetuning_type: lora
lora_rank: 8
lora_target: all
dataset: identity,alpaca_en_demo
template: llama2
cutoff_len: 2048
output_dir: saves
per_device_train_batch_size: 1
learning_rate: 1.0e-4
warmup_ratio: 0.1
bf16: true
`;
    const output = await load({ text });
    expect(output).toMatchObject({
      dialect: "llamafactory",
      unknown_keys: [],
      dataset: { path: "identity" },
    });
    expect(output["values"]).toEqual({
      model: "meta-llama/Llama-2-7b-hf",
      method: "qlora",
      lora_r: 8,
      lora_alpha: 16,
      target_modules: "all-linear",
      prompt_template: "llama2",
      max_length: 2048,
      per_device_train_batch_size: 1,
      learning_rate: 0.0001,
      warmup_ratio: 0.1,
      bf16: true,
    });
    expect(output["warnings"].join()).toContain("It names 2 datasets");
    expect((await load({ text: "stage: dpo\nfinetuning_type: lora\npref_beta: 0.2" }))["values"]).toEqual({
      method: "dpo",
      beta: 0.2,
    });
  });

  test("LLaMA-Factory's scale of an adapter is twice its rank", async () => {
    const { load } = await setUp();
    const scale = async (text: string): Promise<unknown> => (await load({ text }))["values"].lora_alpha;
    expect(await scale("cutoff_len: 64\nlora_rank: 8")).toBe(16);
    expect(await scale("cutoff_len: 64\nlora_rank: 8\nlora_alpha:")).toBe(16);
    expect(await scale("cutoff_len: 64\nlora_rank: 8\nlora_alpha: 4")).toBe(4);
    expect(await scale("cutoff_len: 64")).toBeUndefined();
    expect(await scale("lora_r: 8")).toBeUndefined();
  });

  test("a whole axolotl file without an adapter trains all weights, a fragment says nothing", async () => {
    const { load } = await setUp();
    const values = async (text: string, overrides = {}): Promise<Json> =>
      (await load({ text, overrides }))["values"];
    expect(await values("base_model: a\nmicro_batch_size: 2")).toMatchObject({ method: "full" });
    expect(await values("base_model: a\nmicro_batch_size: 2", { method: "lora" })).toMatchObject({
      method: "lora",
    });
    expect(await values("micro_batch_size: 2")).toEqual({ per_device_train_batch_size: 2 });
    expect(await values("base_model: a\nrl: dpo")).toMatchObject({ method: "dpo", use_lora: false });
    expect(await values("base_model: a\nrl: dpo\nadapter: lora")).toEqual({ model: "a", method: "dpo" });
  });

  test("what the trainer clips, measures and keeps is taken over from every dialect", async () => {
    const { load } = await setUp();
    const shared = "max_grad_norm: 0.3\neval_steps: 20\nsave_total_limit: 1\n";
    const values = { max_grad_norm: 0.3, eval_steps: 20, save_total_limit: 1 };
    for (const [text, more] of [
      [
        "use_rslora: true\nper_device_eval_batch_size: 4",
        { use_rslora: true, per_device_eval_batch_size: 4 },
      ],
      ["r: 4\nuse_rslora: true", { lora_r: 4, use_rslora: true }],
      ["sequence_len: 8\neval_batch_size: 4", { max_length: 8, per_device_eval_batch_size: 4 }],
      ["cutoff_len: 8\nuse_rslora: true", { max_length: 8, use_rslora: true }],
    ] as const)
      expect(await load({ text: shared + text })).toMatchObject({
        values: { ...values, ...more },
        warnings: [],
      });
  });

  test("Hugging Face, with what current libraries removed", async () => {
    const { load } = await setUp();
    const output = await load({
      text: '{"evaluation_strategy": "steps", "max_seq_length": 512, "warmup_ratio": 0.03, "group_by_length": true, "report_to": "none", "r": 4}',
    });
    expect(output).toMatchObject({
      dialect: "hf",
      values: { eval_strategy: "steps", max_length: 512, warmup_ratio: 0.03, lora_r: 4 },
    });
    expect(output["removed_keys"].map(({ key, replacement }: Json) => [key, replacement])).toEqual([
      ["warmup_ratio", "warmup_steps"],
      ["evaluation_strategy", "eval_strategy"],
      ["max_seq_length", "max_length"],
      ["group_by_length", ""],
    ]);
    expect(output["warnings"].join()).toContain("report_to");
    expect(output["warnings"]).toContainEqual(
      expect.stringMatching(/^`warmup_ratio`:.*It still works here\.$/),
    );
  });

  test.each(["warmup_ratio: 0.1\nlearning_rate: 1e-4", "cutoff_len: 8\nwarmup_ratio: 0.1"])(
    "%j is no outdated Hugging Face file",
    async (text) => {
      const { load } = await setUp();
      expect(await load({ text })).toMatchObject({
        values: { warmup_ratio: 0.1 },
        removed_keys: [],
        warnings: [],
      });
    },
  );

  test.each([
    ["q_proj", ["q_proj"]],
    ["q_proj, v_proj", ["q_proj", "v_proj"]],
    ["self_attn.q_proj", ["self_attn.q_proj"]],
    ["all-linear", "all-linear"],
    ["'.*\\.(q|v)_proj'", String.raw`.*\.(q|v)_proj`],
    ["'layers\\.[0-9]{1,2}\\.q_proj'", String.raw`layers\.[0-9]{1,2}\.q_proj`],
    ["['.*_proj']", [".*_proj"]],
  ])("target_modules: %s", async (text, expected) => {
    const { load } = await setUp();
    expect((await load({ text: `target_modules: ${text}` }))["values"]).toEqual({ target_modules: expected });
  });

  test("every alias leads to a native key, and no key is both known and ignored", () => {
    for (const { aliases, ignored, marks } of [axolotl, hf, llamafactory]) {
      for (const alias of Object.values(aliases))
        if (typeof alias === "string") expect(nativeConfigKeys).toContain(alias);
      for (const key of ignored) expect([...nativeConfigKeys, ...Object.keys(aliases)]).not.toContain(key);
      for (const mark of marks) expect([...Object.keys(aliases), ...ignored]).toContain(mark);
    }
  });
});

describe("keys", () => {
  test("unknown ones are named with the nearest and left out", async () => {
    const { load, logged } = await setUp();
    const output = await load({ text: "lerning_rate: 1\nlora_apha: 2\nzzz: 3" });
    expect(output["unknown_keys"]).toEqual([
      { key: "lerning_rate", nearest: "learning_rate" },
      { key: "lora_apha", nearest: "lora_alpha" },
      { key: "zzz" },
    ]);
    expect(output["values"]).toEqual({});
    expect(output["warnings"][0]).toContain("did you mean `learning_rate`");
    expect(logged).toEqual(output["warnings"].map((text: string) => `warning: ${text}`));
  });

  test("overrides win, in either spelling", async () => {
    const { load } = await setUp();
    const text = "base_model: a\nmicro_batch_size: 2\nadapter: lora";
    const output = await load({
      text,
      overrides: { per_device_train_batch_size: 8, sequence_len: "128", method: "full" },
    });
    expect(output["values"]).toEqual({
      model: "a",
      per_device_train_batch_size: 8,
      max_length: 128,
      method: "full",
    });
  });

  test("nothing given is an empty configuration with a warning", async () => {
    const { load } = await setUp();
    expect(await load({})).toMatchObject({
      values: {},
      dialect: "native",
      warnings: [expect.stringContaining("sets nothing")],
    });
    expect(await load({ text: "# only words\n" })).toMatchObject({ values: {} });
  });
});

describe("refusals", () => {
  test.each([
    ["a: [1,\nb: 2", /`text` line 2, column 1/],
    ["a: 1\na: 2", /line 2, column 1: Map keys must be unique/],
    ["- 1\n- 2", /must be a mapping/],
    ["seed: !!python/object:os.system x", /line 1, column 7: tags are not allowed/],
    ["seed: !!binary aGk=", /tags are not allowed/],
    ["seed: !custom 1", /tags are not allowed/],
    ["seed: *nowhere", /cannot be resolved/],
    ["learning_rate: fast", /`learning_rate` must be a number from 0 up, not "fast"/],
    ["learning_rate: .inf", /`learning_rate` is Infinity/],
    ["lora_r: 1.5", /`lora_r` must be an integer from 1 up/],
    ["lora_dropout: 2", /`lora_dropout` must be a number from 0 to 1/],
    ["method: magic", /one of full, lora, qlora, dpo/],
    ["base_model: a\nadapter: dora", /`adapter: "dora"` is not supported/],
    ["? [a, b]\n: 1", /key that is not plain text/],
  ])("%j", async (text, message) => {
    const { load } = await setUp();
    await expect(load({ text })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(message),
    });
  });

  test("nesting deeper than a parser's stack", async () => {
    const { load } = await setUp();
    await expect(load({ text: `a: ${"[".repeat(50_000)}` })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  test("an anchor bomb", async () => {
    const { load } = await setUp();
    const levels = Array.from(
      { length: 9 },
      (_, n) =>
        `${"abcdefghij"[n + 1]}: &${"abcdefghij"[n + 1]} [${Array(9).fill(`*${"abcdefghij"[n]}`).join(",")}]`,
    );
    await expect(load({ text: ['a: &a ["lol"]', ...levels].join("\n") })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  test("files that are missing, outside, or no files", async () => {
    const root = await temporaryFolder();
    const { folder, load } = await setUp([root]);
    await writeFile(join(root, "train.yaml"), "seed: 7");
    await writeFile(join(folder, "out.yaml"), "seed: 8");
    await symlink(join(folder, "out.yaml"), join(root, "link.yaml"));
    expect((await load({ path: "train.yaml" }))["values"]).toEqual({ seed: 7 });
    await expect(load({ path: "trian.yaml" })).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
      message: expect.stringContaining("`train.yaml`"),
    });
    await expect(load({ path: join(folder, "out.yaml") })).rejects.toMatchObject({
      code: "PATH_NOT_ALLOWED",
    });
    await expect(load({ path: "link.yaml" })).rejects.toMatchObject({ code: "PATH_NOT_ALLOWED" });
    await expect(load({ path: root })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(load({ path: "train.yaml", text: "seed: 1" })).rejects.toMatchObject({
      code: "INPUT_INVALID",
    });
  });
});
