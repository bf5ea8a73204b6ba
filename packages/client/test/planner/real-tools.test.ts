import { compileWorkflow, createRegistry, type Plan } from "@trainyard/core";
import { trainingTools } from "@trainyard/tools-training";
import { utilityTools } from "@trainyard/tools-utility";
import { describe, expect, it } from "vitest";
import { embeddedPlanner } from "../../src/index.ts";
import { goals } from "./goals.ts";

const registry = createRegistry([utilityTools(), trainingTools()]);
const plan = (goal: string): Promise<Plan> => embeddedPlanner().plan({ goal, catalog: registry.catalog });

// The others name tools of a plugin that is not registered here.
const own = goals.filter((goal) => !/summarize|clean|account|rank models|explain/i.test(goal));

describe("plans over the tools that come with Trainyard", () => {
  it.each(own)("compile: %s", async (goal) => {
    const { spec, unresolved } = await plan(goal);
    expect(unresolved).toEqual([]);
    const compiled = compileWorkflow(spec, registry);
    expect(compiled.ok ? [] : compiled.problems).toEqual([]);
  });

  it("do what a plain goal means", async () => {
    const { spec } = await plan("Finetune Llama-2-7b on SQuAD dataset");
    expect(Object.entries(spec.steps).map(([id, step]) => [id, step.tool])).toEqual([
      ["data", "load_dataset"],
      ["config", "load_config"],
      ["env", "create_env"],
      ["tune", "finetune"],
      ["eval_tuned", "evaluate"],
    ]);
    expect(spec.steps["data"]?.input).toEqual({ path: "squad" });
    expect(spec.steps["tune"]?.input).toMatchObject({ model: "meta-llama/Llama-2-7b-hf", method: "lora" });
    expect(spec.steps["config"]?.input).toMatchObject({ overrides: { lora_r: 16 } });
  });

  it("do what the quickstart asks for", async () => {
    const { spec } = await plan(
      "Train a tiny Llama on the sample question-answering dataset, finetune it with LoRA, evaluate it, quantize it to int8 and evaluate that too",
    );
    const tools = Object.values(spec.steps).map((step) => step.tool);
    expect(tools.filter((tool) => tool === "load_dataset")).toHaveLength(2);
    expect(tools.filter((tool) => tool === "create_env")).toHaveLength(1);
    expect(tools.filter((tool) => tool === "evaluate")).toHaveLength(3);
    const tuned = spec.steps["tune"]?.input?.["dataset"] as { readonly $from: string };
    const validation = { $from: tuned.$from.replace(/\.train$/, ".validation") };
    for (const id of ["eval_base", "eval_tuned", "eval_quantized"])
      expect(spec.steps[id]?.input?.["dataset"]).toEqual(validation);
    expect(spec.steps["base"]?.input).toMatchObject({
      preset: "tiny-llama",
      dataset: { $from: "data.train" },
    });
  });
});
