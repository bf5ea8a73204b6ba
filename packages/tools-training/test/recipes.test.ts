import type { JsonObject } from "@trainyard/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { resolveFinetune } from "../src/tools/resolve-finetune.ts";
import { resolveTrain } from "../src/tools/resolve-train.ts";
import { type Bench, createBench } from "./support/bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await createBench();
});
afterAll(() => bench.remove());

describe("every recipe", () => {
  test("names tools, ports and conditions that exist", () => {
    for (const { tool, when = {}, input = {}, sources = {} } of bench.registry.recipes) {
      const { inputs, inputSchema } = bench.registry.descriptors.get(tool)!;
      const fields = Object.keys((inputSchema as { properties: object }).properties);
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(sources)));
      expect(fields).toEqual(expect.arrayContaining(Object.keys(input)));
      expect(fields).toEqual(expect.arrayContaining(Object.keys(when).map((key) => key.split(".")[0])));
    }
  });

  test("has parameters that its tool takes from a config", async () => {
    for (const { tool, when = {}, sources = {} } of bench.registry.recipes) {
      const overrides = sources["config"]?.["overrides"] as JsonObject | undefined;
      if (!overrides) continue;
      const config = await bench.config(overrides);
      const { values: resolved } =
        tool === "train"
          ? await resolveTrain({ config }, bench.artifacts)
          : await resolveFinetune({ config, method: (when["method"] ?? "lora") as "lora" }, bench.artifacts);
      expect(resolved).toMatchObject(overrides);
      expect(
        bench.registry.get(tool).input.safeParse({
          ...overrides,
          ...required(tool),
          ...(when["method"] !== undefined && { method: when["method"] }),
        }).error?.issues,
      ).toBeUndefined();
    }
  });
});

const REF = { kind: "dataset", digest: `sha256:${"0".repeat(64)}`, sizeBytes: 0 };
const required = (tool: string) =>
  tool === "train" ? { dataset: REF } : { dataset: REF, model: "org/name" };

test("what needs a further library plans an environment that has it", () => {
  const requirements = (tool: string, when: object) =>
    bench.registry.recipes.find(
      (recipe) => recipe.tool === tool && JSON.stringify(recipe.when) === JSON.stringify(when),
    )?.sources?.["env"]?.["requirements"];
  const bitsandbytes = [expect.stringMatching(/^bitsandbytes==/)];
  expect(requirements("finetune", { method: "qlora" })).toEqual(bitsandbytes);
  expect(requirements("finetune", { "model.preset": "tiny-llama", method: "qlora" })).toEqual(bitsandbytes);
  for (const method of ["bnb-nf4", "bnb-int8", "gptq", "awq"]) {
    const expected = method.startsWith("bnb")
      ? bitsandbytes
      : [expect.stringMatching(/^gptqmodel==/), expect.stringMatching(/^optimum==/)];
    expect(requirements("quantize", { method })).toEqual(expected);
    expect(requirements("evaluate", { "model.method": method })).toEqual(expected);
  }
});

test("the demo takes the sample, split by what is taught", () => {
  const sample = bench.registry.recipes.filter(({ when }) => when?.["dataset.path"] === "sample");
  expect(sample.map(({ tool, sources }) => [tool, sources?.["dataset"]])).toEqual([
    ["train", { path: "sample", name: "plain" }],
    ["finetune", { path: "sample", name: "phrase" }],
  ]);
});
