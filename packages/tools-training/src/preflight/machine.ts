import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { dirname } from "node:path";
import { promisify } from "node:util";

/** A GPU as its driver reports it. */
export interface Gpu {
  readonly name: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** What a machine has to train with. */
export interface Machine {
  readonly cpus: number;
  /** Main memory, or the limit of the control group where that is lower. */
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  readonly gpus: readonly Gpu[];
  /** Free space where outputs go; undefined when it cannot be told. */
  readonly freeDiskBytes: number | undefined;
}

const MIB = 1024 ** 2;
const run = promisify(execFile);

/** Looks at this machine; takes a few seconds at most, and what cannot be told is left out. */
export async function inspectMachine(stateDir: string): Promise<Machine> {
  const limit = process.constrainedMemory();
  const [gpus, freeDiskBytes] = await Promise.all([listGpus("nvidia-smi"), freeDisk(stateDir)]);
  const memoryBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return {
    cpus: availableParallelism(),
    memoryBytes,
    freeMemoryBytes: Math.min(process.availableMemory(), memoryBytes),
    gpus,
    freeDiskBytes,
  };
}

/** What runs of one kind of machine have in common: `cpu`, or the name of the biggest GPU. */
export function deviceClass(machine: Machine): string {
  return biggestGpu(machine)?.name ?? "cpu";
}

/** The GPU with the most memory; the worker trains on one. */
export function biggestGpu({ gpus }: Machine): Gpu | undefined {
  return gpus.toSorted((a, b) => b.totalBytes - a.totalBytes)[0];
}

/** Asks the NVIDIA driver; without one, or when it hangs, there is no GPU. */
export async function listGpus(command: string, timeoutMs = 5000): Promise<readonly Gpu[]> {
  const query = ["--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits"];
  const output = await run(command, query, {
    timeout: timeoutMs,
    killSignal: "SIGKILL",
    maxBuffer: 65_536,
  }).catch(() => undefined);
  return (output?.stdout ?? "").split("\n").flatMap(parseGpu);
}

function parseGpu(line: string): readonly Gpu[] {
  const fields = line.split(",").map((field) => field.trim());
  const [total, free] = fields.slice(-2).map(Number);
  const name = fields.slice(0, -2).join(", ");
  return name && total && Number.isFinite(free)
    ? [{ name, totalBytes: total * MIB, freeBytes: free! * MIB }]
    : [];
}

/** Free space of the disk that `folder` is, or will be, on. */
async function freeDisk(folder: string): Promise<number | undefined> {
  const stats = await statfs(folder).catch(() => undefined);
  if (stats) return stats.bavail * stats.bsize;
  return dirname(folder) === folder ? undefined : freeDisk(dirname(folder));
}
