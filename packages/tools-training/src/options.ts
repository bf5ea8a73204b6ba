import type { Resources } from "@trainyard/core";
import type { Machine } from "./preflight/machine.ts";

/** Settings of {@link trainingTools}. */
export interface TrainingToolsOptions {
  /** Python that runs the worker where a step has no `env`. Default: `TRAINYARD_PYTHON`, else `python3` on the path. */
  readonly python?: string | undefined;
  /** Folders that local models may be read from. Default: the current directory. */
  readonly modelRoots?: readonly string[] | undefined;
  /** CPU cores of a step, which are also its threads; 1 or more. Default: all of this machine. */
  readonly cpus?: number | undefined;
  /** Main memory of a step in bytes; a runtime that can limit memory ends a step that goes over. Default: no limit. */
  readonly memoryBytes?: number | undefined;
  /** Directory whose disk the outputs go to. Default: `TRAINYARD_HOME`, else `.trainyard` in the current directory. */
  readonly stateDir?: string | undefined;
  /** Variables that Python and hub settings are read from. Default: the environment of this process. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the machine that trains has, for preflights. Default: looks at this machine. */
  readonly machine?: (() => Promise<Machine>) | undefined;
}

/** The options with their defaults filled in. */
export interface TrainingSettings {
  readonly python: string;
  readonly modelRoots: readonly string[];
  readonly resources: Resources & { readonly cpus: number };
  readonly stateDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly machine: () => Promise<Machine>;
}
