import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { availableParallelism, totalmem } from "node:os";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { sanitizeLine } from "../text/sanitize.ts";
import { bytesText } from "../text/units.ts";

const PROBE_TIMEOUT_MS = 3000;

/** One line on what this machine has; `folder` is where outputs go. */
export async function machineLine(folder: string): Promise<string> {
  const [gpus, diskBytes] = await Promise.all([findGpus(), freeDiskBytes(folder)]);
  return [
    `This machine: ${availableParallelism()} cores`,
    `${memoryText()} memory free`,
    gpus.length > 0 ? gpus.join(", ") : "no NVIDIA GPU",
    `${bytesText(diskBytes)} of disk free`,
  ].join(", ");
}

/** Main memory in bytes, or the limit of the control group where that is lower. */
export function machineMemory(): { readonly freeBytes: number; readonly totalBytes: number } {
  const limit = process.constrainedMemory();
  const totalBytes = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return { freeBytes: Math.min(process.availableMemory(), totalBytes), totalBytes };
}

/** Free and total memory in words. */
export function memoryText(): string {
  const { freeBytes, totalBytes } = machineMemory();
  return `${bytesText(freeBytes)} of ${bytesText(totalBytes)}`;
}

/** Names and memory of the NVIDIA GPUs, empty where there is none. */
export async function findGpus(): Promise<readonly string[]> {
  try {
    const query = ["--query-gpu=name,memory.total", "--format=csv,noheader"];
    const { stdout } = await promisify(execFile)("nvidia-smi", query, { timeout: PROBE_TIMEOUT_MS });
    return stdout.split("\n").map(sanitizeLine).filter(Boolean);
  } catch {
    return [];
  }
}

/** Free bytes on the disk of `folder`, or of its nearest parent that exists. */
export async function freeDiskBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (dirname(folder) === folder) throw error;
    return freeDiskBytes(dirname(folder));
  }
}
