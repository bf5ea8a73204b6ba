import * as z from "zod";
import { artifact, createRegistry, definePlugin, defineTool } from "../src/index.ts";

const digest = `sha256:${"a".repeat(64)}`;

export const loadRows = defineTool({
  name: "load_rows",
  description: "Load rows.",
  input: z.object({ path: z.string(), max_samples: z.number().int().positive().optional() }),
  output: z.object({
    train: artifact("dataset"),
    rows: z.number(),
    validation: artifact("dataset").optional(),
  }),
  run: () => ({ train: { kind: "dataset", digest, sizeBytes: 1 }, rows: 3 }),
});

export const fit = defineTool({
  name: "fit",
  description: "Fit a model.",
  input: z
    .object({
      model: z.union([z.string(), artifact("model")]),
      dataset: artifact("dataset"),
      method: z.enum(["full", "lora"]).default("lora"),
      learning_rate: z.number().positive().default(1e-4),
      low: z.number().default(0),
      high: z.number().default(1),
    })
    .superRefine(({ low, high }, context) => {
      if (low > high) context.addIssue({ code: "custom", path: ["low"], message: "low is above high" });
    }),
  output: z.object({ model: artifact("model"), loss: z.number() }),
  outputKinds: ({ method }) => ({ model: method === "full" ? "model" : "model.adapter" }),
  run: () => ({ model: { kind: "model", digest, sizeBytes: 1 }, loss: 0.5 }),
});

export const mergeAdapter = defineTool({
  name: "merge_adapter",
  description: "Merge an adapter.",
  input: z.object({ adapter: artifact("model.adapter") }),
  output: z.object({ model: artifact("model") }),
  run: () => ({ model: { kind: "model", digest, sizeBytes: 1 } }),
});

export const echo = defineTool({
  name: "echo",
  description: "Give the input back.",
  input: z.object({ value: z.json().optional(), also: z.array(z.json()).optional() }),
  output: z.object({ value: z.json().optional() }),
  run: ({ value }) => ({ value }),
});

export const registry = createRegistry([
  definePlugin({ name: "sample", tools: [loadRows, fit, mergeAdapter, echo] }),
]);
