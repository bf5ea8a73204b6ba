import { once } from "node:events";
import { expect, it } from "vitest";
import * as z from "zod";
import { artifact, defineTool, type PreflightContext, type PreflightReport } from "@trainyard/core";
import { benchWith } from "./workbench.ts";

const load = defineTool({
  name: "load",
  description: "Load.",
  cache: true,
  input: z.object({}),
  output: z.object({ data: artifact("dataset"), rows: z.number() }),
  run: async (_input, { artifacts }) => ({
    data: await artifacts.put({ "rows.txt": "1\n2\n" }, { kind: "dataset" }),
    rows: 2,
  }),
});

const settings = defineTool({
  name: "settings",
  description: "Give settings.",
  preview: true,
  input: z.object({ factor: z.number() }),
  output: z.object({ factor: z.number() }),
  run: ({ factor }) => ({ factor: factor * 2 }),
});

const report = (resolved: PreflightReport["resolved"]): PreflightReport => ({
  resolved,
  device: "cpu",
  terms: [],
  warnings: [],
  shortfalls: [],
});

const fit = defineTool({
  name: "fit",
  description: "Fit.",
  input: z.object({
    data: artifact("dataset"),
    rows: z.number(),
    factor: z.number(),
    epochs: z.number().default(3),
  }),
  output: z.object({ done: z.boolean() }),
  preflight: async ({ rows, factor, epochs }) => report({ rows, factor, epochs }),
  run: () => ({ done: true }),
});

const spec = {
  steps: {
    data: { tool: "load" },
    settings: { tool: "settings", input: { factor: 2 } },
    fit: {
      tool: "fit",
      input: {
        data: { $from: "data.data" },
        rows: { $from: "data.rows" },
        factor: { $from: "settings.factor" },
      },
    },
  },
};

it("knows literals, defaults and previews at once, and what earlier runs made", async () => {
  const bench = await benchWith([load, settings, fit]);
  const [first] = await bench.executor.preflight(spec);
  expect(first?.report.resolved).toEqual({ factor: 4, epochs: 3 });
  expect(await bench.store.runs.runs()).toEqual([]);

  await (
    await bench.executor.start(spec)
  ).done;
  const [second] = await bench.executor.preflight(spec);
  expect(second?.report.resolved).toEqual({ rows: 2, factor: 4, epochs: 3 });
  const [stranger] = await bench.executor.preflight(spec, { principal: "somebody" });
  expect(stranger?.report.resolved).toEqual({ factor: 4, epochs: 3 });
});

it("tells what is known of the step that an input waits for", async () => {
  let seen: PreflightContext["pending"] = {};
  const look = {
    ...fit,
    preflight: async (_input: unknown, { pending }: PreflightContext) => ((seen = pending), report({})),
  };
  const bench = await benchWith([{ ...load, cache: false }, settings, look]);
  await bench.executor.preflight(spec);
  expect(seen).toEqual({ data: { tool: "load", input: {} }, rows: { tool: "load", input: {} } });
});

it("ends with the executor", async () => {
  const hanging = defineTool({
    name: "hanging",
    description: "Hang.",
    input: z.object({}),
    output: z.object({}),
    preflight: async (_input, { signal }) => {
      await once(signal, "abort");
      throw signal.reason;
    },
    run: () => ({}),
  });
  const bench = await benchWith([hanging]);
  const asked = bench.executor.preflight({ steps: { s: { tool: "hanging" } } });
  await Promise.all([expect(asked).rejects.toMatchObject({ code: "CANCELLED" }), bench.executor.close()]);
});
