import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Job, JobExit, JobHandle, JobLine, Runtime } from "@trainyard/core";

/** A runtime of plain child processes: real ones, without supervision. `exit` overlays how each job is said to end. */
export function childRuntime(exit: Partial<JobExit> = {}): Runtime & { readonly jobs: Job[] } {
  const jobs: Job[] = [];
  return {
    name: "child",
    jobs,
    capabilities: async () => ({ isolation: "none", memoryLimit: false, networkPolicy: false }),
    async start(job, options) {
      jobs.push(job);
      return startChild(job, exit, options?.signal);
    },
    attach: async () => undefined,
    close: async () => {},
  };
}

function startChild(job: Job, overlay: Partial<JobExit>, signal: AbortSignal | undefined): JobHandle {
  const [command, ...args] = job.command;
  const secrets = Object.fromEntries((job.secrets ?? []).map((name) => [name, process.env[name] ?? ""]));
  const child = spawn(command, args, {
    cwd: job.workdir,
    env: { ...job.env, ...secrets },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<JobExit>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, name) => resolve({ code, signal: name, ...overlay }));
  });
  const lines = collect(child.stdout, child.stderr, ended);
  signal?.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  return {
    id: job.id,
    ref: { pid: child.pid ?? 0 },
    async *lines() {
      yield* await lines;
    },
    async stop() {
      child.kill("SIGTERM");
      return ended;
    },
    wait: () => ended,
  };
}

async function collect(
  stdout: Readable,
  stderr: Readable,
  ended: Promise<JobExit>,
): Promise<readonly JobLine[]> {
  const kept: JobLine[] = [];
  const read = async (stream: JobLine["stream"], input: Readable) => {
    for await (const line of createInterface({ input })) kept.push({ stream, line });
  };
  await Promise.all([read("stdout", stdout), read("stderr", stderr), ended]);
  return kept;
}
