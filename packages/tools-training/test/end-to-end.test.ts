import { access } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bench, createBench, ROWS } from "./support/bench.ts";

const python = process.env["TRAINYARD_TEST_PYTHON"] ?? "";
const missing =
  python === ""
    ? "set TRAINYARD_TEST_PYTHON to a Python with the worker's libraries"
    : await access(python).then(
        () => "",
        () => `${python} does not exist`,
      );

const TINY = {
  preset: "tiny-llama",
  max_length: 64,
  max_steps: 4,
  per_device_train_batch_size: 8,
  learning_rate: 0.003,
  logging_steps: 1,
};
const MINUTES = 60_000;

describe.skipIf(missing !== "")(`with the real worker${missing && ` (skipped: ${missing})`}`, () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await createBench({ python });
  });
  afterAll(() => bench.remove());

  test(
    "train, finetune, evaluate and quantize work on each other's outputs",
    { timeout: 6 * MINUTES },
    async () => {
      const dataset = await bench.dataset(ROWS);
      const trained = await bench.run("train", { dataset, eval_dataset: dataset, ...TINY });
      expect(trained).toMatchObject({ steps: 4, model_version: "tiny-llama@1", model: { kind: "model" } });
      expect(trained["description"]).toMatch(/^tiny random-init demo model/);
      expect(trained["eval_loss"]).toBeGreaterThan(0);
      expect(bench.seen.metrics.some(({ loss }) => loss !== undefined)).toBe(true);

      const tuned = await bench.run("finetune", {
        model: trained["model"],
        dataset,
        max_length: 64,
        max_steps: 2,
        lora_r: 4,
        gradient_checkpointing: false,
      });
      expect(tuned).toMatchObject({
        steps: 2,
        model_version: "tiny-llama-lora@1",
        model: { kind: "model.adapter", meta: { demo: true } },
      });
      expect(tuned["trainable_parameters"]).toBeLessThan(tuned["parameters"] / 5);

      const scores = await bench.run("evaluate", {
        model: tuned["model"],
        dataset,
        tasks: ["squad", "perplexity"],
        limit: 8,
        max_new_tokens: 4,
      });
      expect(scores["total"]).toBe(8);
      expect(scores["results"]).toMatchObject({ f1: expect.any(Number), exact_match: expect.any(Number) });
      expect(scores["perplexity"]).toBeGreaterThan(1);

      const small = await bench.run("quantize", { model: tuned["model"] });
      expect(small["size_after_bytes"]).toBeLessThan(small["size_before_bytes"] / 2);
      expect(small).toMatchObject({
        model: { kind: "model.quantized" },
        model_version: "tiny-llama-lora-int8@1",
      });

      const again = await bench.run("evaluate", {
        model: "tiny-llama-lora-int8",
        dataset,
        limit: 8,
        max_new_tokens: 4,
      });
      expect(again["total"]).toBe(8);
      expect(bench.models.versions.map(({ manifest }) => manifest.environment)).toContainEqual(
        expect.objectContaining({
          device: "cpu",
          versions: expect.objectContaining({ trl: expect.any(String) }),
        }),
      );
    },
  );

  test(
    "a dataset that does not go with the method fails with the worker's words",
    { timeout: 2 * MINUTES },
    async () => {
      const dataset = await bench.dataset([{ text: "only text" }], "text");
      await expect(bench.run("finetune", { model: "org/any", dataset, method: "dpo" })).rejects.toMatchObject(
        {
          code: "DATASET_INVALID",
          message: expect.stringContaining("'chosen'"),
        },
      );
    },
  );
});
