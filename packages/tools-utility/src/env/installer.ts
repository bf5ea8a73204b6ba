import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { interpreterOf } from "./env-folder.ts";
import { onPath } from "./find-python.ts";
import { torchCpuIndex } from "./training-stack.ts";

/** The commands of one way to build an environment. */
export interface Installer {
  readonly venv: readonly [string, ...string[]];
  /** Takes requirements as further arguments. */
  readonly install: readonly [string, ...string[]];
  /** Arguments that put PyTorch's index for CPU builds beside the user's own. */
  readonly extraIndex: readonly string[];
}

/** What an {@link Installer} is for. */
export interface InstallTarget {
  /** The base interpreter. */
  readonly python: string;
  /** Where the environment goes. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Chooses uv where it is on PATH, else venv and pip. uv reads nothing of pip's configuration, so where a user has told
 * only pip where packages come from, pip it is.
 */
export async function chooseInstaller({ python, folder, env }: InstallTarget): Promise<Installer> {
  const uv = await onPath("uv", env);
  const target = interpreterOf(folder);
  if (uv !== undefined && ((await isUvConfigured(env)) || !(await isPipConfigured(env)))) {
    return {
      venv: [uv, "venv", "--python", python, folder],
      install: [uv, "pip", "install", "--python", target],
      // uv looks no further than the first index that has a package, and PyTorch's has old copies of many.
      extraIndex: ["--extra-index-url", torchCpuIndex, "--index-strategy", "unsafe-best-match"],
    };
  }
  const pip = ["-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"];
  return {
    venv: [python, "-I", "-m", "venv", folder],
    install: [target, ...pip, "--progress-bar", "off"],
    extraIndex: ["--extra-index-url", torchCpuIndex],
  };
}

const PIP_SOURCE = /^PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX)$/;
const UV_SOURCE = /^UV_(INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|CONFIG_FILE)$/;

async function isPipConfigured(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (isAnySet(env, PIP_SOURCE)) return true;
  const home = env["HOME"] || homedir();
  const config = env["XDG_CONFIG_HOME"] || join(home, ".config");
  const own = env["PIP_CONFIG_FILE"] ? [env["PIP_CONFIG_FILE"]] : [];
  const files = [...own, join(config, "pip", "pip.conf"), join(home, ".pip", "pip.conf"), "/etc/pip.conf"];
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts.some((text) =>
    /^\s*(extra[-_]index[-_]url|index[-_]url|find[-_]links|no[-_]index)\s*=/m.test(text),
  );
}

async function isUvConfigured(env: NodeJS.ProcessEnv): Promise<boolean> {
  if (isAnySet(env, UV_SOURCE)) return true;
  const config = env["XDG_CONFIG_HOME"] || join(env["HOME"] || homedir(), ".config");
  const text = await readFile(join(config, "uv", "uv.toml"), "utf8").catch(() => "");
  return /index|find-links/.test(text);
}

function isAnySet(env: NodeJS.ProcessEnv, names: RegExp): boolean {
  return Object.entries(env).some(([name, value]) => names.test(name) && value);
}
