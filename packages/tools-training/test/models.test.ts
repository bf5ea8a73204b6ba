import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { modelCard } from "../src/models/model-card.ts";
import { defaultModelName } from "../src/models/model-name.ts";
import { resolveModel } from "../src/models/model-source.ts";
import { type Bench, createBench, ROWS, TRAINS } from "./support/bench.ts";

let bench: Bench;
beforeEach(async () => {
  bench = await createBench();
});
afterEach(() => bench.remove());

const find = (value: Parameters<typeof resolveModel>[0]) =>
  resolveModel(value, { models: bench.models, modelRoots: [join(bench.folder, "models")] });

describe("what a model input means", () => {
  test("a hub name, as it stands", async () => {
    expect(await find("meta-llama/Llama-2-7b-hf")).toMatchObject({
      base: { from: "hub", name: "meta-llama/Llama-2-7b-hf" },
      label: "llama-2-7b-hf",
      floating: false,
    });
    expect(await find("gpt2")).toMatchObject({ base: { from: "hub", name: "gpt2" } });
  });

  test.each([
    "",
    "a b",
    "a/b/c",
    "http://evil.test/model",
    "-rf",
    "..",
    "org/../up",
    "org/.hidden",
    "x".repeat(300),
  ])("%j is no model", async (value) => {
    await expect(find(value)).rejects.toMatchObject({
      code: expect.stringMatching(/MODEL_NOT_FOUND|PATH_NOT_ALLOWED/),
    });
  });

  test("a folder below the roots, and none outside, not even through a link", async () => {
    const folder = join(bench.folder, "models", "mine");
    await mkdir(folder, { recursive: true });
    await symlink("/etc", join(bench.folder, "models", "out"));
    expect(await find(folder)).toMatchObject({
      base: { from: "folder", path: expect.stringContaining("mine") },
      label: "mine",
      floating: true,
    });
    await expect(find(join(bench.folder, "models", "absent"))).rejects.toMatchObject({
      code: "MODEL_NOT_FOUND",
    });
    for (const path of [
      join(bench.folder, "models", "out"),
      "/etc",
      `${bench.folder}/models-other`,
      join(bench.folder, "models", ".."),
    ]) {
      await expect(find(path)).rejects.toMatchObject({
        code: "PATH_NOT_ALLOWED",
        message: expect.stringContaining("modelRoots"),
      });
    }
  });

  test("a registered model goes before a hub name, with a version, an alias or neither", async () => {
    const { model } = await bench.run("train", {
      dataset: await bench.dataset(ROWS),
      env: await bench.fakePython(TRAINS),
    });
    expect(await find("tiny-llama")).toMatchObject({
      base: { from: "artifact", ref: { digest: model.digest } },
      label: "tiny-llama",
      floating: true,
      demo: true,
    });
    expect(await find("tiny-llama@1")).toMatchObject({ floating: false });
    expect(await find("tiny-llama@latest")).toMatchObject({ floating: true });
    await expect(find("tiny-llama@2")).rejects.toMatchObject({
      code: "MODEL_NOT_FOUND",
      message: expect.stringContaining("no version or alias `2`"),
    });
  });

  test("an adapter without a base is refused", async () => {
    const adapter = await bench.artifacts.put(
      { "adapter_config.json": "{}" },
      { kind: "model.adapter", name: "lost" },
    );
    await expect(find(adapter)).rejects.toMatchObject({
      code: "INPUT_INVALID",
      message: expect.stringContaining("does not say its base"),
    });
  });
});

describe("what is registered", () => {
  test("the manifest says inputs, parameters, seed, environment and metrics", async () => {
    const dataset = await bench.dataset(ROWS);
    const env = await bench.fakePython(TRAINS);
    const trained = await bench.run("train", { dataset, env, seed: 7, name: "mine" });
    const [version] = bench.models.versions;
    expect(version).toMatchObject({
      name: "mine",
      ref: { kind: "model", name: "mine", digest: trained["model"].digest },
      manifest: {
        tool: "train",
        runId: "run-1",
        stepId: "step",
        seed: 7,
        inputs: { dataset: dataset.digest, env: env.digest },
        parameters: { learning_rate: 5e-5, model_config: { hidden_size: 128 } },
        environment: { env: env.digest, versions: { python: "3.11.2", torch: "2.13.0" }, device: "cpu" },
        metrics: { train_loss: 1.5, steps: 2, parameters: 890_000, train_runtime_s: 4 },
      },
    });
    expect(trained["size_bytes"]).toBe(trained["model"].sizeBytes);
  });

  test("the card is in the artifact, and says that a demo is one", async () => {
    const dataset = await bench.dataset(ROWS);
    const env = await bench.fakePython(TRAINS);
    const { model } = await bench.run("train", { dataset, env });
    const { model: adapter, description } = await bench.run("finetune", { model, dataset, env });
    const card = new TextDecoder().decode(await bench.artifacts.read(adapter.digest, "README.md"));
    expect(bench.models.versions[1]!.card).toBe(card);
    expect(card).toMatch(
      /^---\nbase_model: tiny-llama\ndatasets:\n  - "facts train"\nlibrary_name: peft\ntags:\n  - trainyard\n  - lora\nmetrics:\n  - train_loss\n---\n\n# tiny-llama-lora/,
    );
    expect(card).toContain("tiny random-init demo model");
    expect(card).not.toContain("license");
    expect(description).toBe("LoRA adapter for tiny-llama (tiny random-init demo model)");
  });

  test("lineage goes over the adapter to its base", async () => {
    const dataset = await bench.dataset(ROWS);
    const env = await bench.fakePython(TRAINS);
    const { model } = await bench.run("train", { dataset, env });
    const { model: adapter } = await bench.run("finetune", { model, dataset, env });
    await bench.run("finetune", { model: adapter, dataset, env, name: "second" });
    expect(bench.models.versions[2]!.manifest.inputs).toMatchObject({
      model: adapter.digest,
      "model.base": model.digest,
      dataset: dataset.digest,
    });
  });

  test("a hub name stands in the lineage as it is, and nothing but artifacts beside it", async () => {
    const dataset = await bench.dataset(ROWS);
    const env = await bench.fakePython(TRAINS);
    await bench.run("finetune", { model: "org/base", dataset, env, learning_rate: 0.01 });
    expect(bench.models.versions[0]!.manifest.inputs).toStrictEqual({
      model: "org/base",
      dataset: dataset.digest,
      env: env.digest,
    });
  });

  test("a model config of one's own is no demo, also from a config", async () => {
    const dataset = await bench.dataset(ROWS);
    const env = await bench.fakePython(TRAINS);
    const config = await bench.config({ model_config: { hidden_size: 64 } });
    const { model } = await bench.run("train", { dataset, env, config });
    expect(model).toMatchObject({ name: "llama-from-scratch" });
    expect(model.meta).not.toHaveProperty("demo");
  });

  test("equal content gives an equal artifact: nothing of the run is in it", async () => {
    const dataset = await bench.dataset(ROWS);
    const digests = [];
    for (const runtime of [4, 9]) {
      const env = await bench.fakePython(TRAINS.replace("train_runtime_s: 4", `train_runtime_s: ${runtime}`));
      digests.push((await bench.run("train", { dataset, env }))["model"].digest);
    }
    expect(digests[0]).toBe(digests[1]);
  });

  test("what a moving input has made is never taken from the cache", async () => {
    const dataset = await bench.dataset(ROWS);
    const env = await bench.fakePython(TRAINS);
    const pinned = await bench.run("train", { dataset, env });
    const holds = (output: unknown) => bench.registry.get("finetune").validate!(output, {});
    expect(await holds(await bench.run("finetune", { model: "tiny-llama@1", dataset, env }))).toBe(true);
    expect(await holds(await bench.run("finetune", { model: pinned["model"], dataset, env }))).toBe(true);
    expect(await holds(await bench.run("finetune", { model: "tiny-llama", dataset, env }))).toBe(false);
    await mkdir(join(bench.folder, "local"));
    await writeFile(join(bench.folder, "local", "config.json"), "{}");
    expect(
      await holds(await bench.run("finetune", { model: join(bench.folder, "local"), dataset, env })),
    ).toBe(false);
  });
});

test("default names carry the method once and are fit for a registry", () => {
  expect(defaultModelName("tiny-llama", "lora")).toBe("tiny-llama-lora");
  expect(defaultModelName("tiny-llama-lora", "lora")).toBe("tiny-llama-lora");
  expect(defaultModelName("My Model (1)", "int8")).toBe("my-model-1-int8");
  expect(defaultModelName("---", "int8")).toBe("model-int8");
  expect(defaultModelName("x".repeat(200), "qlora")).toHaveLength(96);
});

test("a card cannot be broken out of", () => {
  const card = modelCard({
    name: "a\n# b",
    description: "<script>",
    base: "x: y\nlicense: mit",
    datasets: ["d\n---\n"],
    library: "transformers",
    tags: [],
    metrics: { f1: 1 / 3 },
    parameters: { text: "a | b" },
    demo: false,
  });
  expect(card.split("\n").filter((line) => line === "---")).toHaveLength(2);
  expect(card).toContain('base_model: "x: y\\nlicense: mit"');
  expect(card).toContain("# a # b");
  expect(card).not.toContain("<script>");
  expect(card).toContain("| text | a \\| b |");
  expect(card).toContain("| f1 | 0.333333 |");
});
