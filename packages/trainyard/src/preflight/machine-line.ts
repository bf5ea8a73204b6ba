import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
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
    `${bytesText(freemem())} of ${bytesText(totalmem())} memory free`,
    gpus.length > 0 ? gpus.join(", ") : "no NVIDIA GPU",
    `${bytesText(diskBytes)} of disk free`,
  ].join(", ");
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
