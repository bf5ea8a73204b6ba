import { artifact, createRegistry, definePlugin, defineTool, type Plan } from "@trainyard/core";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { embeddedPlanner } from "../../src/index.ts";
import { standardCatalog, standardPlugin } from "./catalog.ts";

const plan = (goal: string, catalog = standardCatalog): Promise<Plan> =>
  embeddedPlanner().plan({ goal, catalog });
const inputOf = (made: Plan, id: string) => made.spec.steps[id]?.input ?? {};

describe("a plain goal", () => {
  it("plans loading, configuration, environment, finetuning and evaluation", async () => {
    const made = await plan("Finetune Llama-2-7b on SQuAD dataset");
    expect(Object.values(made.spec.steps).map((step) => step.tool)).toEqual([
      "load_dataset",
      "load_config",
      "create_env",
      "finetune",
      "evaluate",
    ]);
    expect(inputOf(made, "data")).toEqual({ path: "squad" });
    expect(inputOf(made, "config")).toEqual({ overrides: { lora_r: 16, num_train_epochs: 3 } });
    expect(inputOf(made, "tune")).toMatchObject({
      model: "meta-llama/Llama-2-7b-hf",
      method: "lora",
      dataset: { $from: "data.train" },
    });
    expect(inputOf(made, "eval_tuned")).toMatchObject({
      model: { $from: "tune.model" },
      dataset: { $from: "data.validation" },
    });
    expect(made.unresolved).toEqual([]);
  });

  it("says where its values come from", async () => {
    const { provenance } = await plan("Finetune Llama-2-7b on SQuAD dataset for 2 epochs");
    const of = (stepId: string, parameter: string) =>
      provenance.find((one) => one.stepId === stepId && one.parameter === parameter);
    expect(of("tune", "model")).toEqual({
      stepId: "tune",
      parameter: "model",
      value: "meta-llama/Llama-2-7b-hf",
      source: "goal",
      detail: "Llama-2-7b",
    });
    expect(of("tune", "num_train_epochs")).toMatchObject({ value: 2, source: "goal", detail: "2 epochs" });
    expect(of("tune", "method")).toMatchObject({ value: "lora", source: "recipe", detail: "lora" });
    expect(of("config", "overrides.lora_r")).toMatchObject({ value: 16, source: "recipe", detail: "lora" });
    expect(of("tune", "dataset")).toMatchObject({ value: { $from: "data.train" }, source: "plan" });
    expect(of("data", "seed")).toMatchObject({ value: 42, source: "default" });
  });
});

describe("the chain of training, finetuning and quantizing", () => {
  it("evaluates every model on the data of the finetuning", async () => {
    const made = await plan(
      "Train a tiny Llama on the sample question-answering dataset, finetune it with LoRA, evaluate it, quantize it to int8 and evaluate that too",
    );
    expect(made.unresolved).toEqual([]);
    expect(inputOf(made, "data")).toEqual({ path: "sample", name: "plain" });
    expect(inputOf(made, "data_sentence")).toEqual({ path: "sample", name: "sentence" });
    expect(inputOf(made, "base")).toMatchObject({ preset: "tiny-llama", dataset: { $from: "data.train" } });
    expect(inputOf(made, "tune")).toMatchObject({
      model: { $from: "base.model" },
      dataset: { $from: "data_sentence.train" },
      method: "lora",
    });
    expect(inputOf(made, "quantized")).toMatchObject({ model: { $from: "tune.model" }, method: "int8" });
    for (const [id, model] of [
      ["eval_base", "base"],
      ["eval_tuned", "tune"],
      ["eval_quantized", "quantized"],
    ] as const) {
      expect(inputOf(made, id)).toMatchObject({
        model: { $from: `${model}.model` },
        dataset: { $from: "data_sentence.validation" },
      });
    }
    expect(Object.values(made.spec.steps).filter((step) => step.tool === "create_env")).toHaveLength(1);
  });
});

describe("tools of plugins", () => {
  const plugin = definePlugin({
    name: "mine",
    tools: [
      defineTool({
        name: "publish_card",
        description: "Puts a model card on the intranet.",
        input: z.object({
          model: artifact("model"),
          report: artifact("report"),
          audience: z.enum(["team", "public"]).optional(),
        }),
        output: z.object({ page: artifact("page") }),
        run: () => {
          throw new Error("a planner runs nothing");
        },
      }),
    ],
  });
  const { catalog } = createRegistry([standardPlugin, plugin]);

  it.each(["publish_card", "publish a card", "publish the model card", "put the model card on the intranet"])(
    "are found by: %s",
    async (words) => {
      const made = await plan(`Finetune Llama-2-7b on squad and ${words}`, catalog);
      expect(made.unresolved).toEqual([]);
      expect(inputOf(made, "publish_card")).toEqual({
        model: { $from: "tune.model" },
        report: { $from: "eval_tuned.report" },
      });
    },
  );

  it("take values by the names of their fields", async () => {
    const made = await plan("Finetune Llama-2-7b on squad and publish the card audience=team", catalog);
    expect(inputOf(made, "publish_card")).toMatchObject({ audience: "team" });
  });

  it("are asked about when a step has to be made for a model that is only named", async () => {
    const { unresolved } = await plan("Evaluate Llama-2-7b on squad and publish the card", catalog);
    expect(unresolved.map(({ what }) => what)).toEqual(["model"]);
  });

  it("that make the same thing equally well are asked about, unless the goal names one", async () => {
    const second = defineTool({
      name: "import_dataset",
      description: "Imports a dataset.",
      input: z.object({ path: z.string() }),
      output: z.object({ train: artifact("dataset") }),
      run: () => {
        throw new Error("a planner runs nothing");
      },
    });
    const both = createRegistry([standardPlugin, definePlugin({ name: "second", tools: [second] })]).catalog;
    const open = await plan("Finetune Llama-2-7b on squad", both);
    expect(open.unresolved).toMatchObject([
      { what: "tool", suggestions: ["load_dataset", "import_dataset"] },
    ]);
    const clear = await plan("Use import_dataset for squad and finetune Llama-2-7b", both);
    expect(clear.unresolved).toEqual([]);
    expect(Object.values(clear.spec.steps).map((step) => step.tool)).toContain("import_dataset");
    expect(Object.values(clear.spec.steps).map((step) => step.tool)).not.toContain("load_dataset");
  });
});
