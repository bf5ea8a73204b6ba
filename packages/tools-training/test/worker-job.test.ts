import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WORKER_FOLDER } from "../src/worker-folder.ts";
import { type Bench, createBench, ROWS, TRAINS } from "./support/bench.ts";

let bench: Bench;
const HUB = {
  PATH: "/usr/bin:/bin",
  HOME: "/home/someone",
  HF_TOKEN: "hf_secret",
  HF_ENDPOINT: "http://hub.test",
  HTTPS_PROXY: "http://user:password@proxy.test",
};
beforeEach(async () => {
  bench = await createBench({ environment: HUB });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bench.remove();
});

const specOf = async (job = bench.runtime.jobs.at(-1)!) =>
  JSON.parse(await readFile(join(job.workdir, "spec.json"), "utf8"));

test("the full-size path: every parameter of a 7B LoRA reaches the worker under its own name", async () => {
  const env = await bench.fakePython(TRAINS);
  const dataset = await bench.dataset(ROWS);
  const config = await bench.config({ learning_rate: 2e-4, lora_r: 64 });
  const tuned = await bench.run("finetune", {
    model: "meta-llama/Llama-2-7b-hf",
    dataset,
    env,
    config,
    lora_r: 32,
    target_modules: ["q_proj", "v_proj"],
  });
  const spec = await specOf();
  const { workdir } = bench.runtime.jobs[0]!;
  expect(spec).toEqual({
    tool: "finetune",
    output_dir: join(workdir, "output"),
    threads: 2,
    input: {
      model: { name: "meta-llama/Llama-2-7b-hf" },
      dataset: join(workdir, "inputs", "dataset"),
      method: "lora",
      max_length: 2048,
      num_train_epochs: 3,
      per_device_train_batch_size: 1,
      gradient_accumulation_steps: 8,
      gradient_checkpointing: true,
      learning_rate: 2e-4,
      lr_scheduler_type: "cosine",
      warmup_ratio: 0.1,
      weight_decay: 0,
      max_grad_norm: 1,
      seed: 42,
      logging_steps: 10,
      bf16: "auto",
      packing: false,
      completion_only_loss: true,
      lora_r: 32,
      lora_alpha: 32,
      lora_dropout: 0.05,
      target_modules: ["q_proj", "v_proj"],
    },
  });
  expect(await readFile(join(spec.input.dataset, "data.jsonl"), "utf8")).toContain("Which river");
  expect(tuned).toMatchObject({
    model_version: "llama-2-7b-hf-lora@1",
    description: "LoRA adapter for llama-2-7b-hf",
  });
  expect(tuned["model"]).toMatchObject({
    kind: "model.adapter",
    meta: {
      base_model: "meta-llama/Llama-2-7b-hf",
      method: "lora",
      format: "safetensors",
      parameters: 890_000,
    },
  });
});

test("a job that downloads gets the hub's settings and the token by name only", async () => {
  await bench.run("finetune", {
    model: "org/base",
    dataset: await bench.dataset(ROWS),
    env: await bench.fakePython(TRAINS),
  });
  const [job] = bench.runtime.jobs;
  expect(job).toMatchObject({
    network: "hub",
    secrets: ["HF_TOKEN", "HTTPS_PROXY"],
    resources: { cpus: 2 },
    env: { PYTHONPATH: WORKER_FOLDER, HF_ENDPOINT: "http://hub.test" },
  });
  expect(job!.command.slice(1)).toEqual([
    "-m",
    "trainyard_worker",
    "finetune",
    join(job!.workdir, "spec.json"),
  ]);
  expect(JSON.stringify(job)).not.toMatch(/hf_secret|password/);
});

test("a job that needs no download gets neither network nor token", async () => {
  const env = await bench.fakePython(TRAINS);
  const dataset = await bench.dataset(ROWS);
  const { model } = await bench.run("train", { dataset, env });
  await bench.run("finetune", { model, dataset, env });
  for (const job of bench.runtime.jobs)
    expect(job).toMatchObject({ network: "none", secrets: [], env: { HF_HUB_OFFLINE: "1" } });
});

test("an adapter brings its base along, from a hub or from the store", async () => {
  const env = await bench.fakePython(TRAINS);
  const dataset = await bench.dataset(ROWS);
  const onHub = await bench.run("finetune", { model: "org/base", dataset, env });
  const again = await bench.run("finetune", { model: onHub["model"], dataset, env });
  expect((await specOf()).input.model).toEqual({
    name: "org/base",
    adapter: join(bench.runtime.jobs[1]!.workdir, "inputs", "adapter"),
  });
  expect(again.model.meta?.["base_model"]).toBe("org/base");

  const { model: base } = await bench.run("train", { dataset, env });
  const { model: adapter } = await bench.run("finetune", { model: base, dataset, env });
  expect(adapter.meta?.["base_model"]).toEqual({
    kind: "model",
    digest: base.digest,
    sizeBytes: base.sizeBytes,
    name: "tiny-llama",
  });
  await bench.run("finetune", { model: adapter, dataset, env });
  const inputs = join(bench.runtime.jobs.at(-1)!.workdir, "inputs");
  expect((await specOf()).input.model).toEqual({
    path: join(inputs, "model"),
    adapter: join(inputs, "adapter"),
  });
  expect(await readFile(join(inputs, "model", "model.safetensors"), "utf8")).toBe("weights");
});

test("train passes a preset, a config of its own, or a base", async () => {
  const env = await bench.fakePython(TRAINS);
  const dataset = await bench.dataset(ROWS);
  await bench.run("train", { dataset, env, preset: "tiny-llama" });
  expect((await specOf()).input).toMatchObject({
    model_config: { hidden_size: 128 },
    tokenizer: { train: { vocab_size: 512 } },
  });
  const own = await bench.run("train", {
    dataset,
    env,
    model_config: { hidden_size: 64 },
    tokenizer: "org/tokenizer",
  });
  expect((await specOf()).input).toMatchObject({
    model_config: { hidden_size: 64 },
    tokenizer: "org/tokenizer",
  });
  expect(bench.runtime.jobs.at(-1)).toMatchObject({ network: "hub" });
  expect(own).toMatchObject({
    model_version: "llama-from-scratch@1",
    description: expect.stringMatching(/^Random-init model/),
  });
  await bench.run("train", { dataset, env, base_model: "org/base", eval_dataset: dataset });
  const { input } = await specOf();
  expect(input).toMatchObject({
    base_model: { name: "org/base" },
    eval_dataset: expect.stringContaining("eval_dataset"),
  });
  expect(input).not.toHaveProperty("model_config");
});

test("a checkpoint of a cancelled training goes in as a folder", async () => {
  const checkpoint = await bench.artifacts.put({ "trainer_state.json": "{}" }, { kind: "checkpoint" });
  await bench.run("train", {
    dataset: await bench.dataset(ROWS),
    env: await bench.fakePython(TRAINS),
    resume_from_checkpoint: checkpoint,
  });
  expect(
    await readFile(join((await specOf()).input.resume_from_checkpoint, "trainer_state.json"), "utf8"),
  ).toBe("{}");
});
