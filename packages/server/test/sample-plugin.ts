import { artifact, definePlugin, defineTool } from "@trainyard/core";
import * as z from "zod";

/** Adds numbers: the smallest tool. */
const add = defineTool({
  name: "add",
  description: "Adds two numbers.",
  input: z.object({ a: z.number(), b: z.number().default(1) }),
  output: z.object({ sum: z.number() }),
  annotations: { readOnlyHint: true, title: "Add numbers" },
  run: ({ a, b }) => ({ sum: a + b }),
});

const makeData = defineTool({
  name: "make_data",
  description: "Makes a dataset of rows.",
  input: z.object({ rows: z.number().int() }),
  output: z.object({ train: artifact("dataset") }),
  async run({ rows }, { artifacts }) {
    const train = await artifacts.put(
      { "data.txt": "row\n".repeat(rows) },
      { kind: "dataset", name: "rows" },
    );
    return { train };
  },
});

const countRows = defineTool({
  name: "count_rows",
  description: "Counts the rows of a dataset.",
  input: z.object({ dataset: artifact("dataset") }),
  output: z.object({ rows: z.number() }),
  async run({ dataset }, { artifacts }) {
    const text = new TextDecoder().decode(await artifacts.read(dataset.digest, "data.txt"));
    return { rows: text.split("\n").length - 1 };
  },
});

const descend = defineTool({
  name: "descend",
  description: "Logs a falling loss.",
  input: z.object({ steps: z.number().int() }),
  output: z.object({ loss: z.number() }),
  run({ steps }, { log, metric }) {
    for (let step = 0; step < steps; step += 1) {
      metric({ loss: steps - step, speed: 2 }, { step });
      log(step === 0 ? "warning" : "info", `step ${step}`);
    }
    return { loss: 1 };
  },
});

const wait = defineTool({
  name: "wait",
  description: "Waits until it is cancelled.",
  input: z.object({}),
  output: z.object({}),
  async run(_input, { signal, log }) {
    log("info", "waiting");
    await new Promise((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    );
    return {};
  },
});

const keepModel = defineTool({
  name: "keep_model",
  description: "Registers an empty model.",
  input: z.object({ name: z.string() }),
  output: z.object({ version: z.number() }),
  async run({ name }, { artifacts, models, runId, stepId }) {
    const ref = await artifacts.put({ "weights.txt": name }, { kind: "model" });
    const origin = {
      tool: "keep_model",
      runId,
      stepId,
      inputs: {},
      parameters: {},
      seed: 1,
      environment: {},
    };
    const { version } = await models.register({
      name,
      ref,
      manifest: { ...origin, metrics: { f1: 0.5 } },
      card: "# Empty",
    });
    return { version };
  },
});

/** Tools of no use beyond tests. */
export const samplePlugin = definePlugin({
  name: "sample",
  tools: [add, makeData, countRows, descend, wait, keepModel],
  recipes: [{ name: "few-rows", tool: "make_data", input: { rows: 3 } }],
});
