import { resolve } from "node:path";
import { TrainyardError } from "@trainyard/core";

/** How {@link processRuntime} runs jobs. */
export interface ProcessRuntimeOptions {
  /** Folder that keeps jobs and their output, under `jobs/<jobId>/`; the same for every process that shall find them. Default `.trainyard`. */
  readonly stateDir?: string | undefined;
  /** How long a job goes on without any gateway, in ms, from 0 on. Default 30000. */
  readonly orphanGraceMs?: number | undefined;
  /** Longest pause between two looks at a job's memory, in ms, from 10 on. Default 500. */
  readonly memoryPollMs?: number | undefined;
  /** Time between SIGTERM and SIGKILL when a timeout, an abort or a lost gateway ends a job, in ms, from 0 on. Default 10000. */
  readonly stopGraceMs?: number | undefined;
  /** Output kept of each stream of a job, in bytes, from 1024 on; then a mark, and the rest is dropped. Default 256 MiB. */
  readonly maxOutputBytes?: number | undefined;
  /** How long ended jobs can still be attached to, in ms, from 0 on. Default 7 days. */
  readonly keepEndedMs?: number | undefined;
}

/** Options with every default filled in. */
export type ResolvedOptions = {
  readonly [Name in keyof ProcessRuntimeOptions]-?: NonNullable<ProcessRuntimeOptions[Name]>;
};

/** Fills in defaults. Throws `CONFIG_INVALID`. */
export function resolveOptions(options: ProcessRuntimeOptions): ResolvedOptions {
  return {
    stateDir: resolve(options.stateDir ?? ".trainyard"),
    orphanGraceMs: bounded("orphanGraceMs", options.orphanGraceMs ?? 30_000, 0),
    memoryPollMs: bounded("memoryPollMs", options.memoryPollMs ?? 500, 10),
    stopGraceMs: bounded("stopGraceMs", options.stopGraceMs ?? 10_000, 0),
    maxOutputBytes: bounded("maxOutputBytes", options.maxOutputBytes ?? 256 * 1024 ** 2, 1024),
    keepEndedMs: bounded("keepEndedMs", options.keepEndedMs ?? 7 * 86_400_000, 0),
  };
}

function bounded(name: string, value: number, least: number): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw new TrainyardError(
    "CONFIG_INVALID",
    `Option \`${name}\` of processRuntime must be a number from ${least} on, not ${value}.`,
  );
}
