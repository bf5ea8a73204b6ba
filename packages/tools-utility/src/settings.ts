import { homedir } from "node:os";
import { join } from "node:path";

/** What {@link utilityTools} can be told; every field is optional. */
export interface UtilityToolsOptions {
  /** Folders that datasets, configurations and local packages may be read from. Default: no limit. */
  readonly allowedRoots?: readonly string[];
  /** Where environments and hub downloads are kept. Default `TRAINYARD_CACHE`, then the user's cache folder. */
  readonly cacheDir?: string;
  /** Address of the dataset hub. Default `HF_ENDPOINT`, then `https://huggingface.co`. */
  readonly hubEndpoint?: string;
  /** Hosts (with port, where not the usual one) that the hub may redirect downloads to. Default: the hub's own. */
  readonly hubHosts?: readonly string[];
  /** Variables the tools look at. Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv;
}

/** The options with their defaults filled in, as the tools read them. */
export interface Settings {
  readonly allowedRoots: readonly string[] | undefined;
  readonly cacheDir: string;
  readonly hubEndpoint: string;
  readonly hubHosts: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Fills in the defaults of {@link UtilityToolsOptions}. */
export function resolveSettings(options: UtilityToolsOptions = {}): Settings {
  const env = options.env ?? process.env;
  return {
    allowedRoots: options.allowedRoots,
    cacheDir: options.cacheDir ?? defaultCacheDir(env),
    hubEndpoint: options.hubEndpoint ?? (env["HF_ENDPOINT"] || "https://huggingface.co"),
    hubHosts: options.hubHosts ?? [],
    env,
  };
}

function defaultCacheDir(env: NodeJS.ProcessEnv): string {
  if (env["TRAINYARD_CACHE"]) return env["TRAINYARD_CACHE"];
  return join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "trainyard");
}

/** Whether a variable such as `HF_HUB_OFFLINE` is switched on. */
export function isSwitchedOn(value: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(value ?? "");
}
