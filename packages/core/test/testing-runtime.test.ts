import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { expect, test } from "vitest";
import {
  type Job,
  type JobExit,
  type JobHandle,
  type JobLine,
  type Runtime,
  TrainyardError,
} from "../src/index.ts";
import {
  describeRuntime,
  runtimeCases,
  type RuntimeSetup,
  withRuntimeContext,
} from "../src/testing/index.ts";

/** Whom a signal reaches: a runtime that keeps the contract sends it to the whole group. */
type Reach = "group" | "leader";

/** The least runtime that keeps the contract: whole output in memory, jobs known only to itself. */
function plainRuntime(reach: Reach = "group"): Runtime {
  const jobs = new Map<string, JobHandle>();
  return {
    name: "plain",
    capabilities: async () => ({ isolation: "none", memoryLimit: false, networkPolicy: false }),
    async start(job, { signal } = {}) {
      check(job);
      const handle = await run(job, reach);
      jobs.set(job.id, handle);
      signal?.addEventListener("abort", () => void handle.stop({ graceMs: 5000 }));
      return handle;
    },
    attach: async (jobId) => jobs.get(jobId),
    close: async () => {
      for (const { ref } of jobs.values()) send(-(ref["pid"] as number), "SIGKILL");
    },
  };
}

function check(job: Job): void {
  const missing = job.secrets?.find((name) => process.env[name] === undefined);
  const sound =
    /^[\w-]+$/.test(job.id) &&
    isAbsolute(job.workdir) &&
    !Object.values(job.env ?? {})
      .join("")
      .includes("\0");
  if (!sound || missing) throw new TrainyardError("INPUT_INVALID", `Job cannot be run; secret ${missing}`);
}

async function run(job: Job, reach: Reach): Promise<JobHandle> {
  const secrets = Object.fromEntries((job.secrets ?? []).map((name) => [name, process.env[name]]));
  const child = spawn(job.command[0], job.command.slice(1), {
    cwd: job.workdir,
    env: { PATH: process.env["PATH"], ...job.env, ...secrets },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = keep(child);
  await once(child, "spawn").catch((cause: unknown) => {
    throw new TrainyardError("RUNTIME_UNAVAILABLE", `No command ${job.command[0]}`, { cause });
  });
  return handleOf(job, child, output, reach);
}

interface Output {
  readonly lines: JobLine[];
  readonly done: Promise<unknown>;
}

function keep(child: ChildProcess): Output {
  const lines: JobLine[] = [];
  const streams = (["stdout", "stderr"] as const).map(async (stream) => {
    let rest = "";
    const push = (line: string): void => {
      for (let at = 0; at === 0 || at < line.length; at += 16_384)
        lines.push({ stream, line: line.slice(at, at + 16_384) });
    };
    child[stream]?.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split(/\r?\n/);
      rest = parts.pop() ?? "";
      parts.forEach(push);
    });
    await once(child[stream]!, "close");
    if (rest) push(rest);
  });
  return { lines, done: Promise.all(streams) };
}

function handleOf(job: Job, child: ChildProcess, { lines, done }: Output, reach: Reach): JobHandle {
  let timedOut = false;
  const kill = (signal: NodeJS.Signals): void => send(reach === "group" ? -child.pid! : child.pid!, signal);
  const timer = setTimeout(() => ((timedOut = true), kill("SIGKILL")), job.timeoutMs ?? 60_000);
  const exit = once(child, "exit").then(
    async ([code, signal]: (number | string | null)[]): Promise<JobExit> => {
      clearTimeout(timer);
      kill("SIGKILL");
      // What a leader leaves behind holds the streams open.
      if (reach === "group") await done;
      return { code, signal, ...(timedOut && { timedOut }) } as JobExit;
    },
  );
  const pause = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 10));
  return {
    id: job.id,
    ref: { pid: child.pid! },
    async *lines() {
      let ended = false;
      void exit.then(() => (ended = true));
      for (let index = 0; ;) {
        const last = ended;
        while (index < lines.length) yield lines[index++]!;
        if (last) return;
        await pause();
      }
    },
    async stop({ graceMs }) {
      kill("SIGTERM");
      const killer = setTimeout(() => kill("SIGKILL"), graceMs);
      return exit.finally(() => clearTimeout(killer));
    },
    wait: () => exit,
  };
}

function send(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe("ESRCH");
  }
}

function setup(change: (runtime: Runtime) => Runtime, reach?: Reach): RuntimeSetup {
  return {
    async create() {
      const root = await mkdtemp(join(tmpdir(), "runtime-kit-"));
      return {
        runtime: change(plainRuntime(reach)),
        workdir: () => mkdtemp(join(root, "work-")),
        close: () => rm(root, { recursive: true, maxRetries: 3 }),
      };
    },
    skip: [{ id: "runtime:limits:memory", reason: "the plain runtime has no memory limit" }],
  };
}

describeRuntime(
  "plain runtime",
  setup((runtime) => runtime),
);

/** Runs the named cases and returns the ids of those that failed. */
async function failures(
  ids: readonly string[],
  change: (runtime: Runtime) => Runtime,
  reach?: Reach,
): Promise<string[]> {
  const failed: string[] = [];
  for (const id of ids) {
    const one = runtimeCases.find((entry) => entry.id === id);
    expect(one, id).toBeDefined();
    await withRuntimeContext(setup(change, reach), one!.run).catch(() => failed.push(id));
  }
  return failed;
}

function withHandle(runtime: Runtime, change: (handle: JobHandle, job: Job) => JobHandle): Runtime {
  return { ...runtime, start: async (job, options) => change(await runtime.start(job, options), job) };
}

test("a runtime that begins its lines at the first reader's end is found", async () => {
  const once = (runtime: Runtime): Runtime =>
    withHandle(runtime, (handle) => {
      const shared = handle.lines()[Symbol.asyncIterator]();
      return { ...handle, lines: () => ({ [Symbol.asyncIterator]: () => shared }) };
    });
  expect(await failures(["runtime:lines:again", "runtime:lines:order"], once)).toEqual([
    "runtime:lines:again",
  ]);
});

test("a runtime whose stop reaches only the first process is found", async () => {
  const ids = ["runtime:stop:descendants", "runtime:stop:graceful", "runtime:stop:stubborn"];
  expect(await failures(ids, (runtime) => runtime, "leader")).toEqual(["runtime:stop:descendants"]);
});

test("a runtime that hands its own environment over is found", async () => {
  const leaking = (runtime: Runtime): Runtime => ({
    ...runtime,
    start: (job, options) =>
      runtime.start({ ...job, env: { ...(process.env as Record<string, string>), ...job.env } }, options),
  });
  const ids = ["runtime:env:clean", "runtime:env:secret"];
  expect(await failures(ids, leaking)).toEqual(["runtime:env:clean"]);
});

test("a runtime that ignores signal, timeout and missing secrets is found", async () => {
  const deaf = (runtime: Runtime): Runtime => ({
    ...runtime,
    start: (job) => runtime.start({ ...job, secrets: [], timeoutMs: 500 }),
  });
  const ids = ["runtime:stop:abort", "runtime:env:missing-secret", "runtime:env:secret", "runtime:exit:code"];
  expect(await failures(ids, deaf)).toEqual(ids.slice(0, 3));
});

test("ids are unique and stable in form", () => {
  const ids = runtimeCases.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => /^runtime:[a-z]+:[a-z-]+$/.test(id))).toBe(true);
});
