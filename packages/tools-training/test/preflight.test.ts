import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { listGpus } from "../src/preflight/machine.ts";
import { type Bench, createBench, LAPTOP } from "./support/bench.ts";

const OFFLINE = { HF_HUB_OFFLINE: "1", HF_HOME: "/nonexistent" };
const LLAMA = "meta-llama/Llama-2-7b-hf";
const H200 = {
  ...LAPTOP,
  memoryBytes: 128e9,
  gpus: [{ name: "NVIDIA H200", totalBytes: 141e9, freeBytes: 140e9 }],
};

let bench: Bench;
afterEach(() => bench.remove());

describe("finetune", () => {
  test("without a GPU: shape, memory of this machine, three terms, and what is lacking", async () => {
    bench = await createBench({ environment: OFFLINE });
    const report = await bench.preflight("finetune", { model: LLAMA, method: "lora" });
    expect(report).toMatchObject({
      device: "cpu",
      parameters: 6_738_415_616,
      trainableParameters: 39_976_960,
      resolved: { learning_rate: 1e-4, method: "lora", model: LLAMA },
    });
    expect(report.memoryBytes).toBeGreaterThan(29e9);
    expect(report.terms).toHaveLength(3);
    expect(report.shortfalls.map(({ resource }) => resource)).toEqual(["model-access", "memory"]);
    expect(report.warnings.join()).toContain("no GPU");
  });

  test("all weights on a GPU: the figure that runs, and the other one beside it", async () => {
    bench = await createBench({ environment: OFFLINE, machine: async () => H200 });
    const report = await bench.preflight("finetune", { model: LLAMA, method: "full" });
    expect(report.device).toBe("gpu");
    expect(report.memoryBytes! / 1e9).toBeCloseTo(123.7, 0);
    expect(report.warnings.join()).toMatch(/mixed precision.*12\d\.\d GB.*Pure bf16 would take 5\d\.\d GB/);
    expect(report.shortfalls.map(({ resource }) => resource)).toEqual(["model-access"]);
  });

  test("a cached model needs no hub, and its own config says its shape", async () => {
    bench = await createBench({ environment: { HF_HUB_OFFLINE: "1", HF_HOME: "" } });
    const cache = join(bench.folder, "hub");
    const snapshot = join(cache, "models--org--odd", "snapshots", "abc");
    await mkdir(snapshot, { recursive: true });
    await writeFile(
      join(snapshot, "config.json"),
      JSON.stringify({
        model_type: "llama",
        hidden_size: 64,
        num_hidden_layers: 2,
        num_attention_heads: 4,
        intermediate_size: 128,
        vocab_size: 300,
      }),
    );
    await writeFile(join(snapshot, "model.safetensors"), "");
    const cached = await createBench({ environment: { HF_HUB_OFFLINE: "1", HF_HUB_CACHE: cache } });
    const report = await cached.preflight("finetune", { model: "org/odd" });
    await cached.remove();
    expect(report).toMatchObject({
      parameters: 2 * 300 * 64 + 2 * (4 * 64 * 64 + 3 * 64 * 128 + 2 * 64) + 64,
      shortfalls: [],
    });
  });

  test("a model that an earlier step makes is said to be unknown", async () => {
    bench = await createBench();
    const report = await bench.preflight("finetune", { method: "lora" });
    expect(report).toMatchObject({
      terms: [],
      shortfalls: [],
      warnings: [expect.stringContaining("earlier step")],
    });
    expect(report).not.toHaveProperty("memoryBytes");
  });

  test("an architecture that is not known is said to be so", async () => {
    bench = await createBench({ environment: OFFLINE });
    const report = await bench.preflight("finetune", { model: "openai-community/gpt2" });
    expect(report.warnings).toEqual([expect.stringContaining("not known")]);
    expect(report).not.toHaveProperty("parameters");
  });

  test("a folder outside the roots is a shortfall, and so is a registered version that is not there", async () => {
    bench = await createBench();
    for (const model of ["/etc", "tiny-llama@7"]) {
      expect((await bench.preflight("finetune", { model })).shortfalls).toMatchObject([
        { resource: "model-access" },
      ]);
    }
  });

  test("a disk that is too small", async () => {
    bench = await createBench({
      environment: OFFLINE,
      machine: async () => ({ ...H200, freeDiskBytes: 10e9 }),
    });
    const { shortfalls, diskBytes } = await bench.preflight("finetune", { model: LLAMA });
    expect(diskBytes! / 1e9).toBeCloseTo(13.8, 1);
    expect(shortfalls[1]).toMatchObject({
      resource: "disk",
      message: expect.stringContaining("download: 13.5 GB"),
      fix: expect.stringContaining("TRAINYARD_HOME"),
    });
  });
});

describe("train", () => {
  test("the preset's size", async () => {
    bench = await createBench();
    const report = await bench.preflight("train", {});
    expect(report).toMatchObject({
      parameters: 492_160,
      trainableParameters: 492_160,
      shortfalls: [],
      warnings: [],
    });
  });

  test("the time comes from earlier runs on the same kind of device, or is not given", async () => {
    bench = await createBench();
    const dataset = await bench.dataset(
      Array.from({ length: 160 }, () => ({ text: "t" })),
      "text",
    );
    expect(await bench.preflight("train", { dataset })).not.toHaveProperty("timeMs");
    const parameters = {
      per_device_train_batch_size: 8,
      gradient_accumulation_steps: 1,
      max_length: 512,
      num_train_epochs: 3,
    };
    const metrics = { train_runtime_s: 12, steps: 60, parameters: 492_160 };
    const manifest = {
      tool: "train",
      runId: "r",
      stepId: "s",
      inputs: {},
      parameters,
      seed: 42,
      environment: { device: "cpu" },
      metrics,
    };
    await bench.models.register({ name: "earlier", ref: dataset, card: "", manifest });
    await bench.models.register({
      name: "other",
      ref: dataset,
      card: "",
      manifest: {
        ...manifest,
        environment: { device: "NVIDIA H200" },
        metrics: { ...metrics, train_runtime_s: 0.1 },
      },
    });
    const { timeMs } = await bench.preflight("train", { dataset });
    expect(timeMs).toMatchObject({ basis: "1 earlier run of train on cpu" });
    expect(timeMs!.low).toBeLessThan(12_000);
    expect(timeMs!.high).toBeGreaterThan(12_000);
    expect(timeMs!.high / timeMs!.low).toBeLessThan(2);
  });

  test("a config that is wrong fails the preflight too", async () => {
    bench = await createBench();
    await expect(
      bench.preflight("train", { config: await bench.config({ max_lenght: 5 }) }),
    ).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("quantize", () => {
  test("the whole model and its copy, in memory and on disk", async () => {
    bench = await createBench({ environment: OFFLINE });
    const report = await bench.preflight("quantize", { model: LLAMA });
    expect(report.memoryBytes! / 1e9).toBeCloseTo(13.48 + 7.75 + 0.9, 1);
    expect(report.terms[0]).toMatchObject({ name: "weights" });
    expect(report.shortfalls).toMatchObject([{ resource: "model-access" }]);
    const small = await createBench({
      environment: OFFLINE,
      machine: async () => ({ ...LAPTOP, memoryBytes: 16e9 }),
    });
    expect(
      (await small.preflight("quantize", { model: LLAMA, method: "bnb-nf4" })).shortfalls.at(-1),
    ).toMatchObject({ resource: "memory", message: expect.stringContaining("16.0 GB") });
    await small.remove();
  });
});

describe("GPUs", () => {
  test("are read from the driver's tool", async () => {
    bench = await createBench();
    const tool = join(bench.folder, "smi");
    await writeFile(tool, "#!/bin/sh\necho 'NVIDIA A10, Special, 23028, 22000'\necho garbage\n", {
      mode: 0o755,
    });
    expect(await listGpus(tool)).toEqual([
      { name: "NVIDIA A10, Special", totalBytes: 23_028 * 1024 ** 2, freeBytes: 22_000 * 1024 ** 2 },
    ]);
  });

  test("are none where the tool is missing, fails or hangs", async () => {
    bench = await createBench();
    const failing = join(bench.folder, "failing");
    await writeFile(failing, "#!/bin/sh\necho 'NVIDIA, 1, 1'\nexit 9\n", { mode: 0o755 });
    const hanging = join(bench.folder, "hanging");
    await writeFile(hanging, "#!/bin/sh\nexec sleep 60\n", { mode: 0o755 });
    expect(
      await Promise.all([listGpus(join(bench.folder, "absent")), listGpus(failing), listGpus(hanging, 200)]),
    ).toEqual([[], [], []]);
  });
});

describe("libraries", () => {
  const env = (freeze: readonly string[]) =>
    bench.artifacts.put({ "env.json": JSON.stringify({ python: "/p", freeze }) }, { kind: "env", name: "e" });

  test.each([
    ["finetune", { method: "qlora" }, "bitsandbytes"],
    ["quantize", { method: "bnb-nf4" }, "bitsandbytes"],
    ["quantize", { method: "gptq" }, "gptqmodel"],
    ["evaluate", { tasks: ["arc_easy"] }, "lm-eval"],
  ])(
    "%s %j lacks its own where the environment is known or planned, and warns where it is not",
    async (tool, input, name) => {
      bench = await createBench();
      const bare = await bench.preflight(tool, { ...input, env: await env(["torch==2.13.0"]) });
      expect(bare.shortfalls).toMatchObject([
        {
          resource: "library",
          message: expect.stringContaining(name),
          fix: expect.stringContaining("create_env"),
        },
      ]);
      const whole = ["BitsAndBytes==1", "gptqmodel==1", "optimum==1", "lm_eval==1"];
      const good = await bench.preflight(tool, { ...input, env: await env(whole) });
      expect([good.shortfalls, good.warnings.join()]).toEqual([[], expect.not.stringContaining("must have")]);
      const planned = (requirements: readonly string[]) => ({
        env: { tool: "create_env", input: { requirements } },
      });
      const bareLater = await bench.preflight(tool, input, planned([]));
      expect(bareLater.shortfalls).toMatchObject([
        { resource: "library", message: expect.stringContaining(name) },
      ]);
      const goodLater = await bench.preflight(tool, input, planned(whole));
      expect([goodLater.shortfalls, goodLater.warnings.join()]).toEqual([
        [],
        expect.not.stringContaining("must have"),
      ]);
      const unknown = await bench.preflight(tool, input);
      expect([unknown.shortfalls, unknown.warnings.join()]).toEqual([[], expect.stringContaining(name)]);
    },
  );

  test("the usual ones need no word", async () => {
    bench = await createBench();
    const { shortfalls, warnings } = await bench.preflight("finetune", {
      method: "lora",
      env: await env([]),
    });
    expect([shortfalls, warnings.join()]).toEqual([[], expect.not.stringContaining("must have")]);
  });
});

describe("evaluate", () => {
  test.each([
    ["trainyard-int8", 90_000],
    ["gguf", 492_160 * 4],
  ])("a quantized model in format %s weighs %d bytes", async (format, bytes) => {
    bench = await createBench();
    const { digest } = await bench.artifacts.put({ weights: "" }, { kind: "model.quantized" });
    const model = {
      kind: "model.quantized",
      digest,
      sizeBytes: 90_000,
      meta: { parameters: 492_160, format, method: "int8" },
    };
    const { terms } = await bench.preflight("evaluate", { model });
    expect(terms.find(({ name }) => name === "weights")).toEqual({ name: "weights", bytes });
  });

  test("weights, keys and values, and access", async () => {
    bench = await createBench({ environment: OFFLINE });
    const { shortfalls, memoryBytes } = await bench.preflight("evaluate", {
      model: LLAMA,
      tasks: ["perplexity"],
    });
    // 27.0 GB of fp32 weights, and 16 rows of 2048 tokens with 1 MB of keys and values each token.
    expect(memoryBytes! / 1e9).toBeCloseTo(26.95 + 34.36 + 0.9, 1);
    expect(shortfalls.map(({ resource }) => resource)).toEqual(["model-access", "memory"]);
    const gpu = await createBench({ environment: OFFLINE, machine: async () => H200 });
    expect(await gpu.preflight("evaluate", { model: LLAMA })).toMatchObject({
      device: "gpu",
      shortfalls: [{ resource: "model-access" }],
    });
    await gpu.remove();
  });
});
