import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type {
  AnyTool,
  ArtifactStore,
  Job,
  JobExit,
  JobHandle,
  JobLine,
  ModelStore,
  Progress,
  Runtime,
  ToolContext,
} from "@trainyard/core";
import { fsStore } from "@trainyard/store-fs";
import { onTestFinished } from "vitest";
import * as z from "zod";

/** Parsed JSON, of whatever shape the test asserts. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

/** A temporary folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "utility-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What a test sees of a step beside its output. */
export interface TestStep {
  readonly context: ToolContext;
  readonly artifacts: ArtifactStore;
  readonly jobs: Job[];
  readonly progress: Progress[];
  /** What was logged, as `level: message`. */
  readonly logged: string[];
  readonly controller: AbortController;
}

let steps = 0;

/** A step with a real artifact store and a runtime that spawns real processes. */
export async function createStep(folder: string): Promise<TestStep> {
  const number = ++steps;
  const artifacts = fsStore({ path: join(folder, "store") });
  const controller = new AbortController();
  const jobs: Job[] = [];
  const progress: Progress[] = [];
  const logged: string[] = [];
  const workdir = join(folder, `step-${number}`);
  await mkdir(workdir, { recursive: true });
  const context: ToolContext = {
    runId: "run",
    stepId: `step${number}`,
    attempt: 1,
    idempotencyKey: `run/step${number}`,
    workdir,
    signal: controller.signal,
    artifacts,
    models: {} as ModelStore,
    runtime: spawningRuntime(jobs),
    log: (level, message) => void logged.push(`${level}: ${message}`),
    progress: (entry) => void progress.push(entry),
    metric: () => undefined,
  };
  return { context, artifacts, jobs, progress, logged, controller };
}

/** Runs a tool as the executor does: input and output pass through its schemas. */
export async function runTool(
  tool: AnyTool,
  input: unknown,
  context: ToolContext,
): Promise<Record<string, Json>> {
  const parsed: unknown = (tool.input as z.ZodType).parse(input);
  const output: unknown = await tool.run(parsed, context);
  return (tool.output as z.ZodType).parse(JSON.parse(JSON.stringify(output))) as Record<string, Json>;
}

function spawningRuntime(jobs: Job[]): Runtime {
  return {
    name: "spawn",
    capabilities: () => Promise.resolve({ isolation: "none", memoryLimit: false, networkPolicy: false }),
    start: (job, options) => {
      jobs.push(job);
      return Promise.resolve(startJob(job, options?.signal));
    },
    attach: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}

function startJob(job: Job, signal?: AbortSignal): JobHandle {
  const [command, ...args] = job.command;
  const secrets = Object.fromEntries((job.secrets ?? []).map((name) => [name, process.env[name]]));
  const child = spawn(command, args, {
    cwd: job.workdir,
    env: { ...job.env, ...secrets },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const stop = (): void => {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // Gone already.
    }
  };
  signal?.addEventListener("abort", stop);
  const lines: JobLine[] = [];
  const read = async (stream: "stdout" | "stderr"): Promise<void> => {
    for await (const line of createInterface({ input: child[stream] })) lines.push({ stream, line });
  };
  const ended = Promise.all([
    read("stdout"),
    read("stderr"),
    new Promise<JobExit>((resolve) => child.on("close", (code, killed) => resolve({ code, signal: killed }))),
  ]).then(([, , exit]) => exit);
  return {
    id: job.id,
    ref: { pid: child.pid ?? 0 },
    async *lines() {
      await ended;
      yield* lines;
    },
    stop: () => (stop(), ended),
    wait: () => ended,
  };
}
