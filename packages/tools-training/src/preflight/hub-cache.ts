import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder that hub downloads are kept in, as huggingface_hub finds it. */
function hubCacheFolder(environment: Environment): string {
  const home =
    environment["HF_HOME"] ||
    join(environment["XDG_CACHE_HOME"] || join(environment["HOME"] || homedir(), ".cache"), "huggingface");
  return environment["HF_HUB_CACHE"] || join(home, "hub");
}

/** A model that is in the cache with its weights: its config; undefined when it has to be downloaded. */
export async function cachedModel(
  model: string,
  environment: Environment,
): Promise<{ readonly config: unknown } | undefined> {
  const snapshots = join(hubCacheFolder(environment), `models--${model.replaceAll("/", "--")}`, "snapshots");
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
