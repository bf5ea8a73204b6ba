import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { TrainyardError } from "@trainyard/core";
import type { TrainingSettings, TrainingToolsOptions } from "./options.ts";
import { inspectMachine } from "./preflight/machine.ts";

/** Fills the defaults in. Throws `CONFIG_INVALID` for a core count or a memory limit that is none. */
export function resolveSettings(options: TrainingToolsOptions): TrainingSettings {
  const environment = options.environment ?? process.env;
  const cpus = options.cpus ?? availableParallelism();
  if (!Number.isInteger(cpus) || cpus < 1) {
    throw new TrainyardError(
      "CONFIG_INVALID",
      `\`cpus\` of trainingTools is ${cpus}; it must be a whole number from 1.`,
    );
  }
  if (options.memoryBytes !== undefined && !(options.memoryBytes > 0)) {
    throw new TrainyardError(
      "CONFIG_INVALID",
      `\`memoryBytes\` of trainingTools is ${options.memoryBytes}; it must be above 0, or left out.`,
    );
  }
  const stateDir = resolve(
    options.stateDir ?? (environment["TRAINYARD_HOME"] || join(process.cwd(), ".trainyard")),
  );
  return {
    python: options.python ?? (environment["TRAINYARD_PYTHON"] || "python3"),
    modelRoots: options.modelRoots ?? [process.cwd()],
    resources: { cpus, ...(options.memoryBytes !== undefined && { memoryBytes: options.memoryBytes }) },
    stateDir,
    environment,
    machine: options.machine ?? (() => inspectMachine(stateDir)),
  };
}
