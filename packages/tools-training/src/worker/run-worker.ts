import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ArtifactRef, JobExit, JsonObject, ToolContext } from "@trainyard/core";
import { TrainyardError } from "@trainyard/core";
import type { TrainingSettings } from "../options.ts";
import { createEventRelay, type EventRelay } from "./event-relay.ts";
import { jobFailure } from "./failure.ts";
import { type WorkerSpec, type WorkerTool, workerJob, workerPaths } from "./job.ts";
import { outputPath } from "./outputs.ts";
import { type PythonEnvironment, probePython, pythonOfEnv } from "./python.ts";
import type { StagedInput } from "./staging.ts";

/** One run of the Python worker. */
export interface WorkerRequest {
  readonly tool: WorkerTool;
  /** The step's environment; without it, the interpreter of the settings must have the libraries. */
  readonly env: ArtifactRef | undefined;
  /** Lays the input artifacts out below `folder` and says what the worker gets. */
  readonly stage: (folder: string) => Promise<StagedInput>;
}

/** What a worker that ended well leaves behind. */
export interface WorkerOutcome {
  readonly values: JsonObject;
  readonly environment: PythonEnvironment;
  readonly exit: JobExit;
  readonly durationMs: number;
  /** The path of an output. Throws `WORKER_FAILED` when the worker gave none of these kinds. */
  output(port: string, kinds: readonly string[]): Promise<{ readonly path: string; readonly kind: string }>;
}

/**
 * Runs the worker for a step, relaying its events. Throws what the worker reports, and `JOB_FAILED`,
 * `OUT_OF_MEMORY`, `TIMEOUT` or `CANCELLED` for how its process ended.
 */
export async function runWorker(
  request: WorkerRequest,
  context: ToolContext,
  settings: TrainingSettings,
): Promise<WorkerOutcome> {
  const environment = await pythonFor(request.env, context, settings);
  const paths = workerPaths(context.workdir);
  await Promise.all([mkdir(paths.output, { recursive: true }), mkdir(paths.inputs, { recursive: true })]);
  const staged = await request.stage(paths.inputs);
  const spec: WorkerSpec = {
    tool: request.tool,
    input: staged.input,
    output_dir: paths.output,
    threads: settings.resources.cpus,
  };
  await writeFile(paths.spec, `${JSON.stringify(spec, undefined, 2)}\n`);

  const startedAt = performance.now();
  const { exit, relay } = await runJob(request.tool, environment, staged, context, settings);
  await keepCheckpoint(relay, paths.output, context);
  if (context.signal.aborted)
    throw new TrainyardError("CANCELLED", `\`${request.tool}\` was cancelled.`, {
      cause: context.signal.reason,
    });
  const failure = jobFailure({
    tool: request.tool,
    exit,
    relay,
    memoryLimitBytes: settings.resources.memoryBytes,
  });
  if (failure) throw failure;
  return {
    values: relay.result ?? {},
    environment,
    exit,
    durationMs: Math.round(performance.now() - startedAt),
    output: (port, kinds) => outputPath(relay.artifacts, port, kinds, paths.output),
  };
}

async function pythonFor(
  env: ArtifactRef | undefined,
  { artifacts }: ToolContext,
  settings: TrainingSettings,
): Promise<PythonEnvironment> {
  return env ? pythonOfEnv(env, artifacts) : probePython(settings.python, settings.environment["PATH"]);
}

async function runJob(
  tool: WorkerTool,
  { python }: PythonEnvironment,
  { hub, readOnly }: StagedInput,
  context: ToolContext,
  { resources, environment }: TrainingSettings,
): Promise<{ readonly exit: JobExit; readonly relay: EventRelay }> {
  const { workdir, signal, runtime } = context;
  const id = `${context.idempotencyKey}.${context.attempt}`.replaceAll(/[^\w.-]/g, ".");
  const venv = python.includes("/") ? [dirname(dirname(python))] : [];
  const job = workerJob({
    id,
    tool,
    workdir,
    python,
    resources,
    hub,
    environment,
    readOnly: [...venv, ...readOnly],
  });
  const handle = await runtime.start(job, { signal });
  const relay = createEventRelay(context);
  for await (const line of handle.lines()) relay.accept(line);
  return { exit: await handle.wait(), relay };
}

/** A cancelled training leaves a checkpoint; kept as an artifact, a later run can go on from it. */
async function keepCheckpoint(
  relay: EventRelay,
  outputDir: string,
  { artifacts, log }: ToolContext,
): Promise<void> {
  if (!relay.artifacts.some((event) => event.port === "checkpoint")) return;
  const { path, kind } = await outputPath(relay.artifacts, "checkpoint", ["checkpoint"], outputDir);
  const ref = await artifacts.put(path, { kind });
  log("info", `The checkpoint is kept as ${ref.digest}; give it as resume_from_checkpoint to go on from it.`);
}
