import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import { findGpus, freeDiskBytes, machineMemory, memoryText } from "../preflight/machine-line.ts";
import { bytesText } from "../text/units.ts";
import type { Check, CheckContext } from "./checks.ts";
import { probe } from "./probe.ts";

const GIB = 1024 ** 3;
const ENVIRONMENT_BYTES = 3 * GIB;
const MIN_MEMORY_BYTES = 2 * GIB;

/** The Node that runs this is new enough, or the program would not have started. */
export async function checkNode(): Promise<Check> {
  return { name: "node", verdict: "ok", detail: `${process.version} at ${process.execPath}` };
}

/** Looks for npm, which installs plugins. */
export async function checkNpm({ env }: CheckContext): Promise<Check> {
  const version = await probe("npm", ["--version"], env);
  if (version) return { name: "npm", verdict: "ok", detail: version };
  return {
    name: "npm",
    verdict: "warn",
    detail: "not found",
    fix: "It is only needed to install plugins; it comes with Node.",
  };
}

/** Looks for GPUs that training can use. */
export async function checkGpu(): Promise<Check> {
  const gpus = await findGpus();
  if (gpus.length > 0) return { name: "gpu", verdict: "ok", detail: gpus.join("; ") };
  return {
    name: "gpu",
    verdict: "warn",
    detail: "no NVIDIA GPU found",
    fix: "Small models train on the CPU; for billions of parameters use a machine with a GPU.",
  };
}

/** Whether the training libraries and a small model fit in memory. */
export async function checkMemory(): Promise<Check> {
  const detail = `${memoryText()} free`;
  if (machineMemory().freeBytes >= MIN_MEMORY_BYTES) return { name: "memory", verdict: "ok", detail };
  return {
    name: "memory",
    verdict: "warn",
    detail,
    fix: `Close other programs: training libraries alone take about ${bytesText(MIN_MEMORY_BYTES)}.`,
  };
}

/** Whether an environment and a small model fit on the disk. */
export async function checkDisk({ home }: CheckContext): Promise<Check> {
  const free = await freeDiskBytes(home.path);
  const detail = `${bytesText(free)} free for ${home.path}`;
  if (free >= ENVIRONMENT_BYTES) return { name: "disk", verdict: "ok", detail };
  return {
    name: "disk",
    verdict: "fail",
    detail,
    fix: `Free ${bytesText(ENVIRONMENT_BYTES)}, or set TRAINYARD_HOME and TRAINYARD_CACHE to another disk.`,
  };
}

/** Whether the home can be written. */
export async function checkHome({ home }: CheckContext): Promise<Check> {
  try {
    await access(await nearestFolder(home.path), constants.W_OK);
    return { name: "home", verdict: "ok", detail: `${home.path} can be written` };
  } catch {
    return {
      name: "home",
      verdict: "fail",
      detail: `${home.path} cannot be written`,
      fix: "Change its permissions, or set TRAINYARD_HOME to another folder.",
    };
  }
}

async function nearestFolder(path: string): Promise<string> {
  const exists = await access(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT",
  );
  return exists || dirname(path) === path ? path : nearestFolder(dirname(path));
}
