import { type Catalog, compileWorkflow, createRegistry, parseReference, type Plan } from "@trainyard/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { embeddedPlanner } from "../../src/index.ts";
import { extendedCatalog, extraPlugin, standardPlugin } from "./catalog.ts";
import { goals, openGoals } from "./goals.ts";

const planner = embeddedPlanner();
const registry = createRegistry([standardPlugin, extraPlugin]);
const plan = (goal: string, catalog: Catalog = extendedCatalog): Promise<Plan> =>
  planner.plan({ goal, catalog });

function checkReferences({ spec }: Plan): void {
  const seen = new Set<string>();
  // Steps stand behind those they refer to, so there is no cycle either.
  for (const [id, { tool, input }] of Object.entries(spec.steps)) {
    for (const value of Object.values(input ?? {}).flat()) {
      const reference = parseReference(value);
      if (!reference) continue;
      expect(seen).toContain(reference.stepId);
      const producer = registry.descriptors.get(spec.steps[reference.stepId]!.tool)!;
      expect(Object.keys(producer.outputs), `${tool} takes ${reference.output}`).toContain(reference.output);
    }
    seen.add(id);
  }
}

const words = (
  "batch size warmup named called hundred sixteen few Q5_K_M bf16 gsm8k 3 bits tiny llama finetune fine tune train evaluate quantize compare load test it that both all the base tuned model and then with on to of " +
  "Llama-2-7b Mistral 7B TinyLlama squad v2 alpaca sample dataset ./data.jsonl config.yaml LoRA QLoRA full DPO int8 4-bit gptq 3 epochs " +
  "rank 16 alpha 2e-4 500 samples seed summarize report clean rank models without not before after , . ; 'x y' \"q\" model= =3 __proto__ constructor"
).split(" ");

describe("the embedded planner", () => {
  it.each(goals)("plans what compiles: %s", async (goal) => {
    const made = await plan(goal);
    expect(made.unresolved).toEqual([]);
    const compiled = compileWorkflow(made.spec, registry);
    expect(compiled.ok ? [] : compiled.problems).toEqual([]);
  });

  it.each(openGoals)("asks about: %j", async (goal) => {
    const { unresolved } = await plan(goal);
    expect(unresolved.length).toBeGreaterThan(0);
    for (const { question } of unresolved) expect(question).toMatch(/\?/);
  });

  it.each([...goals, ...openGoals])("gives the same bytes for the same goal: %j", async (goal) => {
    expect(
      JSON.stringify(await embeddedPlanner().plan({ goal, catalog: structuredClone(extendedCatalog) })),
    ).toBe(JSON.stringify(await plan(goal)));
  });

  it("never throws and never refers to what is not there, whatever the words", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...words), { maxLength: 40 }), async (list) =>
        checkReferences(await plan(list.join(" "))),
      ),
      { numRuns: 400 },
    );
  });

  it("never throws on any text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 300 }), async (text) =>
        checkReferences(await plan(text)),
      ),
      { numRuns: 400 },
    );
  });

  it("says where every parameter of every step comes from", async () => {
    for (const goal of goals) {
      const { spec, provenance } = await plan(goal);
      for (const [id, { input }] of Object.entries(spec.steps)) {
        for (const name of Object.keys(input ?? {})) {
          const entry = provenance.find(
            (one) => one.stepId === id && (one.parameter === name || one.parameter.startsWith(`${name}.`)),
          );
          expect(entry, `${id}.${name} of ${goal}`).toBeDefined();
        }
      }
    }
  });

  it("names a model or dataset only where the goal does", async () => {
    for (const goal of [...goals, ...openGoals]) {
      const { provenance } = await plan(goal);
      for (const { parameter, source, value } of provenance) {
        if (typeof value === "string" && /^(model|base_model|preset)$/.test(parameter))
          expect(source, goal).toBe("goal");
        if (parameter === "path") expect(source, goal).toBe("goal");
      }
    }
  });

  it.each([
    ["one word 16,000 times", "finetune ".repeat(2000)],
    ["no space at all", "a".repeat(100_000)],
    ["quotes that never close", "\"'`".repeat(8000)],
    ["numbers", "3 ".repeat(20_000)],
    ["names of tools", "summarize the report and ".repeat(3000)],
    ["hub ids", "org/name ".repeat(5000)],
    ["slashes", "/".repeat(50_000)],
    ["verbs and models", "finetune Llama-2-7b on squad with LoRA and evaluate it, ".repeat(2000)],
  ])("answers in bounded time: %s", async (_name, goal) => {
    const started = performance.now();
    const made = await plan(goal);
    expect(performance.now() - started).toBeLessThan(5000);
    checkReferences(made);
    expect(made.unresolved.length).toBeGreaterThan(0);
  });

  it("survives a catalog whose schemas are malformed", async () => {
    const broken: Catalog = {
      tools: extendedCatalog.tools.map((tool) => ({
        ...tool,
        inputSchema: { properties: [null], required: 3, anyOf: "x" },
      })),
      recipes: [{ name: "odd", tool: "finetune", sources: { nowhere: {}, dataset: {} } }],
    };
    for (const goal of goals) await expect(plan(goal, broken)).resolves.toBeDefined();
  });

  it("asks for a tool when nothing is registered", async () => {
    const { spec, unresolved } = await plan("Finetune Llama-2-7b on squad", { tools: [], recipes: [] });
    expect(spec.steps).toEqual({});
    expect(unresolved.map(({ what }) => what)).toContain("tool");
  });

  it("stops when it is told to", async () => {
    await expect(
      planner.plan({ goal: "evaluate", catalog: extendedCatalog, signal: AbortSignal.abort() }),
    ).rejects.toThrow(/abort/i);
  });
});
