import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of huggingface_hub, as it finds it itself. */
function hubHome(environment: Environment): string {
  const cache = environment["XDG_CACHE_HOME"] || join(environment["HOME"] || homedir(), ".cache");
  return environment["HF_HOME"] || join(cache, "huggingface");
}

/** The token for the hub: HF_TOKEN, else what `hf auth login` has saved; undefined where there is none. */
export async function hubToken(environment: Environment): Promise<string | undefined> {
  const file = join(hubHome(environment), "token");
  const token = environment["HF_TOKEN"]?.trim() || (await readFile(file, "utf8").catch(() => "")).trim();
  return token || undefined;
}

/** A model that is in the cache with its weights: its config; undefined when it has to be downloaded. */
export async function cachedModel(
  model: string,
  environment: Environment,
): Promise<{ readonly config: unknown } | undefined> {
  const folder = environment["HF_HUB_CACHE"] || join(hubHome(environment), "hub");
  const snapshots = join(folder, `models--${model.replaceAll("/", "--")}`, "snapshots");
  for (const revision of await readdir(snapshots).catch(() => [])) {
    const files = await readdir(join(snapshots, revision)).catch(() => []);
    if (!files.some((file) => file.endsWith(".safetensors"))) continue;
    const config = await readJson(join(snapshots, revision, "config.json"));
    if (config !== undefined) return { config };
  }
  return undefined;
}

/** A JSON file's value; undefined when it cannot be read. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}
