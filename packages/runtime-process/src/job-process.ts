import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JobFolder } from "./job-record.ts";
import { outputSink } from "./output-sink.ts";
import { TOKEN_VARIABLE } from "./process-tree.ts";
import type { Supervision } from "./supervision.ts";

/** Python's multiprocessing puts sockets into its temporary folder, and paths of sockets are short. */
const MAX_TEMP_BYTES = 60;
/** Makes the kernel, when memory runs out, end a job rather than the gateway. */
const OOM_SCORE_ADJUSTMENT = "500";

/** A job's first process. */
export interface JobProcess {
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Resolves when both streams have ended and are kept, at the latest `limitMs` from now. */
  drain(limitMs: number): Promise<void>;
}

/** Makes the temporary folder of a job: hidden in its working directory, or elsewhere when that path is long. */
export function makeTempFolder(workdir: string): string {
  const inside = join(workdir, ".tmp");
  if (Buffer.byteLength(inside) > MAX_TEMP_BYTES) return mkdtempSync(join(tmpdir(), "ty-"));
  mkdirSync(inside, { recursive: true });
  return inside;
}

/** Removes what {@link makeTempFolder} made. */
export function removeTempFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // What a job has made unremovable is left where it is; its exit matters more.
  }
}

/** Starts the job as leader of its own session and keeps its output; rejects when the command cannot be run. */
export async function spawnJob(
  supervision: Supervision,
  folder: JobFolder,
  tempFolder: string,
  onOutput: () => void,
): Promise<JobProcess> {
  const [file, ...args] = supervision.command;
  const child = spawn(file, args, {
    cwd: supervision.workdir,
    env: { TMPDIR: tempFolder, ...supervision.env, [TOKEN_VARIABLE]: supervision.token },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  const closed = keepOutput(child, folder, supervision.maxOutputBytes, onOutput);
  const pid = await spawned(child);
  preferForOom(pid);
  return { pid, exited, drain: (limitMs) => drain(child, closed, limitMs) };
}

function spawned(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid!));
    child.once("error", reject);
  });
}

function keepOutput(
  child: ChildProcess,
  folder: JobFolder,
  maxBytes: number,
  onOutput: () => void,
): Promise<void> {
  const sinks = (["stdout", "stderr"] as const).map((name) => {
    const sink = outputSink(folder[name], name, maxBytes);
    child[name]?.on("data", (chunk: Buffer) => {
      sink.write(chunk);
      onOutput();
    });
    return sink;
  });
  return new Promise((resolve) => {
    child.once("close", () => {
      for (const sink of sinks) sink.close();
      resolve();
    });
  });
}

async function drain(child: ChildProcess, closed: Promise<void>, limitMs: number): Promise<void> {
  const timer = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, limitMs);
  await closed;
  clearTimeout(timer);
}

function preferForOom(pid: number): void {
  if (process.platform !== "linux") return;
  try {
    writeFileSync(join("/proc", String(pid), "oom_score_adj"), OOM_SCORE_ADJUSTMENT);
  } catch {
    // It has ended already, or changed its user: the kernel's own choice stands.
  }
}
