import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Job, type JobHandle, type Runtime, toTrainyardError, TrainyardError } from "@trainyard/core";
import { checkJob, checkJobId } from "./job-check.ts";
import { jobEnvironment } from "./job-env.ts";
import { openJob } from "./job-handle.ts";
import { jobFolder, type JobFolder, readJobRecord } from "./job-record.ts";
import type { JobWatch } from "./job-watch.ts";
import { launch } from "./launch.ts";
import { type ProcessRuntimeOptions, resolveOptions, type ResolvedOptions } from "./options.ts";
import { sweepJobs } from "./sweep.ts";
import type { Supervision } from "./supervision.ts";

/**
 * Runs jobs as child processes of this machine, each under a supervisor that outlives the gateway. Without isolation:
 * jobs see the files and the network that the gateway sees. Linux and macOS. Throws `CONFIG_INVALID`.
 */
export function processRuntime(options: ProcessRuntimeOptions = {}): Runtime {
  const resolved = resolveOptions(options);
  const jobsDir = join(resolved.stateDir, "jobs");
  const watches = new Set<JobWatch>();
  let swept: Promise<void> | undefined;

  async function open(folder: JobFolder): Promise<JobHandle | undefined> {
    const record = readJobRecord(folder);
    if (!record) return undefined;
    const { handle, watch } = await openJob(folder, record);
    watches.add(watch);
    void watch.exit.catch(() => {}).finally(() => watches.delete(watch));
    return handle;
  }

  return {
    name: "process",
    async capabilities() {
      checkPlatform();
      return { isolation: "none", memoryLimit: true, networkPolicy: false };
    },
    async start(job, { signal } = {}) {
      checkPlatform();
      checkJob(job);
      const env = jobEnvironment(job, process.env);
      throwIfAborted(job.id, signal);
      await (swept ??= sweepJobs(jobsDir, resolved.keepEndedMs));
      const folder = makeFolder(jobsDir, job);
      await launchOrRemove(folder, supervisionOf(job, env, resolved));
      const handle = await open(folder);
      if (!handle)
        throw new TrainyardError(
          "RUNTIME_UNAVAILABLE",
          `Job \`${job.id}\` lost its folder ${folder.path} while it started.`,
        );
      stopOnAbort(handle, signal, resolved.stopGraceMs);
      return handle;
    },
    async attach(jobId) {
      checkPlatform();
      checkJobId(jobId);
      return open(jobFolder(join(jobsDir, jobId)));
    },
    async close() {
      for (const watch of watches) watch.close();
    },
  };
}

function supervisionOf(
  job: Job,
  env: Readonly<Record<string, string>>,
  options: ResolvedOptions,
): Supervision {
  const { orphanGraceMs, stopGraceMs, memoryPollMs, maxOutputBytes } = options;
  return {
    id: job.id,
    token: randomUUID(),
    command: job.command,
    workdir: job.workdir,
    env,
    timeoutMs: job.timeoutMs,
    memoryBytes: job.resources?.memoryBytes,
    orphanGraceMs,
    stopGraceMs,
    memoryPollMs,
    maxOutputBytes,
  };
}

function makeFolder(jobsDir: string, job: Job): JobFolder {
  const folder = jobFolder(join(jobsDir, job.id));
  try {
    for (const path of [job.workdir, jobsDir]) mkdirSync(path, { recursive: true, mode: 0o700 });
    mkdirSync(folder.path, { mode: 0o700 });
    return folder;
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST" || path !== folder.path) throw toTrainyardError(error, "RUNTIME_UNAVAILABLE");
    throw new TrainyardError(
      "INPUT_INVALID",
      `Job \`${job.id}\` was started before; attach to it, or use an id of its own for each attempt.`,
    );
  }
}

async function launchOrRemove(folder: JobFolder, supervision: Supervision): Promise<void> {
  try {
    await launch(folder, supervision);
  } catch (error) {
    rmSync(folder.path, { recursive: true, force: true });
    throw toTrainyardError(error, "RUNTIME_UNAVAILABLE");
  }
}

function stopOnAbort(handle: JobHandle, signal: AbortSignal | undefined, graceMs: number): void {
  if (!signal) return;
  const stop = (): void => void handle.stop({ graceMs }).catch(() => {});
  if (signal.aborted) return stop();
  signal.addEventListener("abort", stop, { once: true });
  void handle
    .wait()
    .catch(() => {})
    .finally(() => signal.removeEventListener("abort", stop));
}

function throwIfAborted(id: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new TrainyardError("CANCELLED", `Job \`${id}\` was cancelled before it started.`);
}

function checkPlatform(): void {
  if (process.platform === "linux" || process.platform === "darwin") return;
  throw new TrainyardError(
    "RUNTIME_UNAVAILABLE",
    `The process runtime needs Linux or macOS, not ${process.platform}; use WSL or a container runtime.`,
  );
}
