import type { Shortfall } from "@trainyard/core";
import { gigabytes } from "../gigabytes.ts";

/** What a step writes. */
export interface DiskLoad {
  /** Weights that come over the network, in bytes. */
  readonly downloadBytes: number;
  /** Inputs that are laid out for the worker, in bytes. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  readonly checkpointBytes: number;
}

/** Peak disk of a step: an output stands in the step's directory and in the artifact store until the step ends. */
export function diskBytes({ downloadBytes, inputBytes, outputBytes, checkpointBytes }: DiskLoad): number {
  return Math.round(downloadBytes + inputBytes + 2 * outputBytes + checkpointBytes);
}

/** Checkpoints on disk: trained weights and AdamW's two moments in fp32, as many as are kept and one being written. */
export function checkpointBytes(trained: number, saveSteps: unknown, limit: unknown): number {
  const kept = typeof saveSteps === "number" ? Number(limit ?? 2) + 1 : 0;
  return kept * trained * 12;
}

/** The disk that a step lacks; undefined when it fits or cannot be told. */
export function diskShortfall(
  load: DiskLoad,
  freeBytes: number | undefined,
  stateDir: string,
): Shortfall | undefined {
  const bytes = diskBytes(load);
  if (freeBytes === undefined || bytes <= freeBytes) return undefined;
  const parts = Object.entries({
    download: load.downloadBytes,
    inputs: load.inputBytes,
    outputs: 2 * load.outputBytes,
    checkpoints: load.checkpointBytes,
  });
  const [biggest = "outputs", size = 0] = parts.toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return {
    resource: "disk",
    message: `It writes up to ${gigabytes(bytes)} (${biggest}: ${gigabytes(size)}); the disk of ${stateDir} has ${gigabytes(freeBytes)} free.`,
    fix: `Free ${gigabytes(bytes - freeBytes)}, or set TRAINYARD_HOME and HF_HOME to a bigger disk.`,
  };
}
