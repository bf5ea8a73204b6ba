import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileWorkflow, problemText } from "../src/index.ts";
import { registry } from "./sample-tools.ts";

const good = {
  steps: {
    data: { tool: "load_rows", input: { path: "rows.json" } },
    tune: { tool: "fit", input: { model: "hub/name", dataset: { $from: "data.train" } } },
    merged: { tool: "merge_adapter", input: { adapter: { $from: "tune.model" } } },
  },
};

function problems(spec: unknown): string[] {
  const result = compileWorkflow(spec, registry);
  return result.ok ? [] : result.problems.map(problemText);
}

describe("compileWorkflow", () => {
  it("infers dependencies from references and puts steps in order", () => {
    const result = compileWorkflow(good, registry);
    expect(result.ok && [...result.workflow.steps.keys()]).toEqual(["data", "tune", "merged"]);
    expect(result.ok && result.workflow.graph.inNeighbors("merged")).toEqual(["tune"]);
  });

  it("names every problem at once", () => {
    const found = problems({
      steps: {
        data: { tool: "load_row", input: {} },
        tune: { tool: "fit", input: { model: 3, dataset: { $from: "daat.train" }, learning_rte: 1 } },
        other: { tool: "fit", input: { model: "m", dataset: { $from: "rows.rows" } } },
        rows: { tool: "load_rows", input: { path: "x", max_samples: -1 } },
        last: { tool: "echo", needs: ["nowhere"] },
      },
    });
    expect(found).toEqual([
      expect.stringContaining("Did you mean `load_rows`?"),
      expect.stringContaining("Did you mean `learning_rate`?"),
      expect.stringContaining("There is no step `daat`. Did you mean `data`?"),
      expect.stringContaining("Takes an artifact of kind `dataset`, but `rows.rows` is a plain value."),
      expect.stringContaining("step `rows`, `input.max_samples`"),
      expect.stringContaining("There is no step `nowhere`."),
    ]);
  });

  it("refuses a kind that does not fit, by the literal input of the source", () => {
    const full = structuredClone(good);
    Object.assign(full.steps.tune.input, { method: "full" });
    expect(problems(full)).toEqual([
      "step `merged`, `input.adapter`: Takes an artifact of kind `model.adapter`, but `tune.model` is of kind `model`.",
    ]);
  });

  it("names a cycle with its path", () => {
    const found = problems({
      steps: {
        a: { tool: "echo", input: { value: { $from: "c.value" } } },
        b: { tool: "echo", input: { also: [1, { $from: "a.value" }] } },
        c: { tool: "echo", needs: ["b"] },
      },
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/wait for each other: (a → b → c → a|b → c → a → b|c → a → b → c)/);
  });

  it("keeps checks across fields while another field waits for a step", () => {
    const spec = structuredClone(good);
    Object.assign(spec.steps.tune.input, { low: 2, high: 1 });
    expect(problems(spec)).toEqual(["step `tune`, `input.low`: low is above high"]);
  });

  it("leaves a scalar reference to be checked when it is known", () => {
    const spec = structuredClone(good);
    Object.assign(spec.steps.tune.input, { learning_rate: { $from: "data.rows" } });
    expect(problems(spec)).toEqual([]);
  });

  it("names an unknown output with the nearest one", () => {
    const spec = structuredClone(good);
    spec.steps.tune.input.dataset.$from = "data.trian";
    expect(problems(spec)[0]).toContain("Did you mean `data.train`?");
  });

  it.each([
    [null, "expected object"],
    [{ steps: {} }, "at least one step"],
    [{ steps: { "../x": { tool: "echo" } } }, "must be a letter"],
    [{ steps: { a: { tool: "echo", when: true } } }, "when"],
    [{ steps: { a: { tool: "echo", timeoutMs: 0 } } }, "timeoutMs"],
  ])("refuses %j", (spec, text) => {
    expect(problems(spec).join("\n")).toContain(text);
  });

  it("does not take inherited properties for steps", () => {
    const found = problems({
      steps: { a: { tool: "echo", input: { value: { $from: "constructor.name" } } } },
    });
    expect(found[0]).toContain("There is no step `constructor`");
  });

  it("orders any acyclic graph, whatever the order of its keys", () => {
    const acyclic = fc
      .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
      .map((rows) => rows.map((row, index) => [...new Set(index === 0 ? [] : row.map((n) => n % index))]));
    fc.assert(
      fc.property(acyclic, fc.func(fc.nat()), (parents, rank) => {
        const entries = parents.map(
          (needed, index) => [`s${index}`, { tool: "echo", needs: needed.map((n) => `s${n}`) }] as const,
        );
        const result = compileWorkflow({ steps: Object.fromEntries(entries) }, registry);
        const shuffled = compileWorkflow(
          { steps: Object.fromEntries(entries.toSorted((a, b) => rank(a[0]) - rank(b[0]))) },
          registry,
        );
        if (!result.ok || !shuffled.ok) throw new Error("did not compile");
        const order = [...result.workflow.steps.keys()];
        for (const [id, step] of result.workflow.steps) {
          for (const needed of step.dependencies)
            expect(order.indexOf(needed)).toBeLessThan(order.indexOf(id));
        }
        expect([...shuffled.workflow.steps.keys()]).toEqual(order);
      }),
      { seed: 7, numRuns: 200 },
    );
  });

  it("finds the cycle in a chain deeper than the call stack", () => {
    const count = 20_000;
    const steps = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `s${index}`,
        { tool: "echo", needs: [`s${(index + 1) % count}`] },
      ]),
    );
    expect(problems({ steps })).toHaveLength(1);
  });

  it("never throws on any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        compileWorkflow(value, registry);
        compileWorkflow({ steps: { a: { tool: "echo", input: { value } } } }, registry);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe("a hostile workflow", () => {
  const started = () => performance.now();

  it("with thousands of bad references costs little and is answered briefly", () => {
    const input = {
      also: Array.from({ length: 2000 }, (_value, index) => ({ $from: `${"x".repeat(90)}${index}.y` })),
    };
    const steps = Object.fromEntries(
      Array.from({ length: 400 }, (_value, index) => [`step_${index}`, { tool: "echo", input }]),
    );
    const before = started();
    const found = problems({ steps });
    expect(found.length).toBeLessThanOrEqual(101);
    expect(found.join("\n").length).toBeLessThan(100_000);
    // The bound is work, not time: 10 s is a hundred times what it takes.
    expect(started() - before).toBeLessThan(10_000);
  });

  it("that is nested too deep is refused, not a stack overflow", () => {
    let value: unknown = { $from: "nowhere.at-all" };
    for (let level = 0; level < 5000; level++) value = [value];
    expect(problems({ steps: { a: { tool: "echo", input: { value } } } })[0]).toContain("nested deeper");
  });
});
