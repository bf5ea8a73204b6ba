import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArtifactRef, JobExit, Progress, ToolContext } from "@trainyard/core";
import { type PreflightContext, createRegistry } from "@trainyard/core";
import { type Machine, trainingTools, type TrainingToolsOptions } from "../../src/index.ts";
import { childRuntime } from "./child-runtime.ts";
import { folderStore } from "./folder-store.ts";
import { memoryModels } from "./memory-models.ts";

/** A machine of a developer: two cores, 24 GB, no GPU. */
export const LAPTOP: Machine = {
  cpus: 2,
  memoryBytes: 23.5e9,
  freeMemoryBytes: 20e9,
  gpus: [],
  freeDiskBytes: 100e9,
};

/** What the tools give back, as far as tests compute with it. */
type ToolOutput = Readonly<Record<string, unknown>> & {
  readonly model: ArtifactRef;
  readonly parameters: number;
  readonly size_before_bytes: number;
};

/** Everything a tool needs to run, below one temporary folder. */
export async function createBench(options: TrainingToolsOptions & { readonly exit?: Partial<JobExit> } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "tools-training-"));
  const { exit, ...toolOptions } = options;
  const artifacts = folderStore(join(folder, "blobs"));
  const models = memoryModels();
  const runtime = childRuntime(exit);
  const seen = { logs: [] as string[], progress: [] as Progress[], metrics: [] as Record<string, number>[] };
  const registry = createRegistry([
    trainingTools({ machine: async () => LAPTOP, cpus: 2, modelRoots: [folder], ...toolOptions }),
  ]);
  let attempts = 0;

  const context = async (signal: AbortSignal): Promise<ToolContext> => {
    const workdir = join(folder, `work-${++attempts}`);
    await mkdir(workdir);
    return {
      runId: "run-1",
      stepId: "step",
      attempt: attempts,
      idempotencyKey: "run-1/step",
      workdir,
      signal,
      artifacts,
      models,
      runtime,
      log: (level, message) => void seen.logs.push(`${level}: ${message}`),
      progress: (progress) => void seen.progress.push(progress),
      metric: (values) => void seen.metrics.push({ ...values }),
    };
  };
  return {
    folder,
    artifacts,
    models,
    runtime,
    seen,
    registry,
    /** Validates and runs as an executor does. */
    async run(tool: string, input: Record<string, unknown>, signal = new AbortController().signal) {
      const found = registry.get(tool);
      const output = await found.run(found.input.parse(input), await context(signal));
      return found.output.parse(output) as ToolOutput;
    },
    async preflight(tool: string, input: Record<string, unknown>, pending: PreflightContext["pending"] = {}) {
      const report = await registry.get(tool).preflight!(input, {
        artifacts,
        models,
        pending,
        signal: new AbortController().signal,
      });
      return report!;
    },
    /** An environment whose Python is a program of `body`, Node code with `tool`, `spec`, `emit` and `fs` at hand. */
    async fakePython(body: string): Promise<ArtifactRef> {
      const python = join(folder, `python-${++attempts}`);
      await writeFile(python, `#!${process.execPath}\n${PRELUDE}\n${body}\n`);
      await chmod(python, 0o755);
      return artifacts.put(
        {
          "env.json": JSON.stringify({
            python,
            python_version: "3.11.2",
            freeze: ["torch==2.13.0", "zipp==1"],
          }),
        },
        { kind: "env" },
      );
    },
    async dataset(rows: readonly object[], format = "squad"): Promise<ArtifactRef> {
      const data = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
      return artifacts.put(
        { "data.jsonl": data, "dataset.json": JSON.stringify({ format }) },
        { kind: "dataset", name: "facts train", meta: { format, rows: rows.length } },
      );
    },
    async config(values: object): Promise<ArtifactRef> {
      return artifacts.put({ "config.json": JSON.stringify(values) }, { kind: "config" });
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A {@link createBench}. */
export type Bench = Awaited<ReturnType<typeof createBench>>;

const PRELUDE = `
const fs = require("node:fs"), path = require("node:path");
const tool = process.argv[4];
const spec = JSON.parse(fs.readFileSync(process.argv[5], "utf8"));
const emit = (event) => fs.writeSync(1, JSON.stringify(event) + "\\n");
const write = (name, content) => { const file = path.join(spec.output_dir, name); fs.mkdirSync(path.dirname(file), { recursive: true }); fs.writeFileSync(file, content); };
`;

/** The body of a Python that trains at once. */
export const TRAINS = `
write("model/" + (spec.input.method && spec.input.method !== "full" ? "adapter_model" : "model") + ".safetensors", "weights");
emit({ type: "progress", current: 1, total: 2, unit: "steps", message: "training" });
emit({ type: "metric", step: 1, values: { loss: 2.5 } });
emit({ type: "artifact", port: "model", kind: spec.input.method && spec.input.method !== "full" ? "model.adapter" : "model", path: "model" });
emit({ type: "result", values: { train_loss: 1.5, steps: 2, parameters: 890000, train_runtime_s: 4, peak_memory_bytes: 5e8 } });
`;

/** A dataset's rows, small enough to train on in a second. */
export const ROWS = Array.from({ length: 24 }, (_, index) => ({
  id: String(index),
  title: "towns",
  context: `Town ${index} lies at the river R${index % 7}.`,
  question: `Which river is town ${index} at?`,
  answers: { text: [`R${index % 7}`], answer_start: [0] },
}));
