import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { artifact, definePlugin, defineTool, TrainyardError } from "@trainyard/core";
import * as z from "zod";

const makeModel = defineTool({
  name: "make_model",
  description: "Writes and registers a model.",
  input: z.object({ name: z.string(), weights: z.string() }),
  output: z.object({ model: artifact("model"), description: z.string() }),
  cache: true,
  async run({ name, weights }, { artifacts, models, runId, stepId }) {
    const model = await artifacts.put({ "weights.txt": weights }, { kind: "model", name });
    const manifest = {
      tool: "make_model",
      runId,
      stepId,
      inputs: {},
      parameters: {},
      seed: 1,
      environment: {},
      metrics: { loss: 0.5 },
    };
    await models.register({ name, ref: model, manifest, card: "# Test" });
    return { model, description: "tiny random-init demo model" };
  },
});

const score = defineTool({
  name: "score",
  description: "Scores a model by the length of its weights.",
  input: z.object({ model: artifact("model") }),
  output: z.object({ exact_match: z.number(), f1: z.number() }),
  cache: true,
  async run({ model }) {
    return { exact_match: model.sizeBytes, f1: model.sizeBytes * 2 };
  },
});

const countUp = defineTool({
  name: "count_up",
  description: "Counts, telling of its progress.",
  input: z.object({ steps: z.number().int(), pauseMs: z.number().default(1) }),
  output: z.object({ last: z.number() }),
  async run({ steps, pauseMs }, { progress, metric, log, signal }) {
    log("warning", "\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007alert");
    for (let current = 1; current <= steps; current++) {
      await sleep(pauseMs, undefined, { signal });
      progress({ current, total: steps, unit: "steps", message: "counting" });
      metric({ loss: 1 / current }, { step: current });
    }
    return { last: steps };
  },
});

const runJob = defineTool({
  name: "run_job",
  description: "Starts a process that does not end by itself.",
  isolation: "process",
  input: z.object({ pidFile: z.string(), ignoreTerm: z.boolean().default(false) }),
  output: z.object({ code: z.number() }),
  async run({ pidFile, ignoreTerm }, { runtime, workdir, log }) {
    const onTerm = ignoreTerm ? "() => {}" : "() => process.exit(3)";
    const code = `process.on("SIGTERM", ${onTerm}); require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); console.log("up"); setInterval(() => {}, 1000);`;
    const job = await runtime.start({ id: "job", command: [process.execPath, "-e", code], workdir });
    for await (const { line } of job.lines()) log("warning", `job is ${line}`);
    return { code: (await job.wait()).code ?? -1 };
  },
});

const fillDisk = defineTool({
  name: "fill_disk",
  description: "Writes to a device that is always full.",
  input: z.object({}),
  output: z.object({}),
  async run() {
    await writeFile("/dev/full", "x");
    return {};
  },
});

const fail = defineTool({
  name: "fail",
  description: "Fails after a while, leaving a file behind.",
  input: z.object({ afterMs: z.number(), code: z.enum(["TOOL_FAILED", "DATASET_INVALID"]) }),
  output: z.object({}),
  async run({ afterMs, code }, { workdir }) {
    await writeFile(join(workdir, "trace.txt"), "here");
    await sleep(afterMs);
    throw new TrainyardError(code, `It broke after ${afterMs} ms.`);
  },
});

const needMuch = defineTool({
  name: "need_much",
  description: "Needs more than there is.",
  input: z.object({ rows: z.number().default(3) }),
  output: z.object({ done: z.boolean() }),
  preflight: async ({ rows = 0 }) => ({
    resolved: { rows },
    parameters: 7_000_000_000,
    memoryBytes: 28e9,
    device: "gpu",
    diskBytes: 13.5e9,
    terms: [{ name: "weights", bytes: 26e9 }],
    timeMs: { low: 60_000, high: 120_000, basis: "two past runs" },
    warnings: ["slow"],
    shortfalls: [
      {
        resource: "gpu-memory",
        message: "Needs 28 GB of GPU memory, 8 GB are there.",
        fix: "Use qlora (6 GB).",
      },
    ],
  }),
  run: () => ({ done: true }),
});

const ponder = defineTool({
  name: "ponder",
  description: "Says what it needs after a minute.",
  input: z.object({ startedFile: z.string() }),
  output: z.object({}),
  async preflight({ startedFile }) {
    await writeFile(startedFile ?? "", "");
    await sleep(60_000);
    return { resolved: {}, device: "cpu", terms: [], warnings: [], shortfalls: [] };
  },
  run: () => ({}),
});

const copyFile = defineTool({
  name: "copy_file",
  description: "Puts a file into the store.",
  input: z.object({ path: z.string() }),
  output: z.object({ copy: artifact("report") }),
  async run({ path }, { artifacts, workdir }) {
    await writeFile(join(workdir, "copy"), await readFile(path));
    return { copy: await artifacts.put(join(workdir, "copy"), { kind: "report" }) };
  },
});

/** Real but fast tools, so that the command line is tested without training. */
export const plugin = definePlugin({
  name: "test-tools",
  tools: [makeModel, score, countUp, runJob, fillDisk, fail, needMuch, ponder, copyFile],
});
