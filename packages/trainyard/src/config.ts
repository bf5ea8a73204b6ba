import { access } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Plugin, TrainyardError } from "@trainyard/core";
import type { TrainingToolsOptions } from "@trainyard/tools-training";
import type { UtilityToolsOptions } from "@trainyard/tools-utility";

/** What `trainyard.config.ts` can set; every field is optional. */
export interface TrainyardConfig {
  /** Tools beside the ones that Trainyard brings. */
  readonly plugins?: readonly Plugin[];
  /** Whether the tools that Trainyard brings are there. Default true. */
  readonly builtinTools?: boolean;
  /** Steps that run at the same time; 1 and up. Default: the number of cores, at least 2. */
  readonly concurrency?: number;
  /** Folders that datasets and configurations may be read from. Default: no limit. */
  readonly allowedRoots?: readonly string[];
  /** Options of the tools that load data and make environments. */
  readonly utility?: UtilityToolsOptions;
  /** Options of the tools that train, finetune, quantize and evaluate. */
  readonly training?: TrainingToolsOptions;
}

/** Gives a configuration its type. */
export function defineConfig(config: TrainyardConfig): TrainyardConfig {
  return config;
}

const NAMES = ["trainyard.config.ts", "trainyard.config.js", "trainyard.config.mjs"];
const KNOWN: Readonly<Record<keyof TrainyardConfig, true>> = {
  plugins: true,
  builtinTools: true,
  concurrency: true,
  allowedRoots: true,
  utility: true,
  training: true,
};

/** Reads the configuration in `folder`; empty where there is none. Throws `CONFIG_INVALID` naming the file. */
export async function loadConfig(folder: string): Promise<TrainyardConfig> {
  for (const name of NAMES) {
    const path = join(folder, name);
    if (await isThere(path)) return checkConfig(path, await importConfig(path));
  }
  return {};
}

async function importConfig(path: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    return module.default;
  } catch (cause) {
    throw new TrainyardError("CONFIG_INVALID", `\`${path}\` cannot be loaded: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function checkConfig(path: string, config: unknown): TrainyardConfig {
  if (typeof config !== "object" || config === null) {
    throw new TrainyardError("CONFIG_INVALID", `\`${path}\` must export \`default defineConfig({ … })\`.`);
  }
  const unknown = Object.keys(config).find((key) => !Object.hasOwn(KNOWN, key));
  if (unknown === undefined) return config;
  throw new TrainyardError(
    "CONFIG_INVALID",
    `\`${path}\` sets \`${unknown}\`, which is not known. Known: ${Object.keys(KNOWN).join(", ")}.`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
