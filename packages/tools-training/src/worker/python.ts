import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { promisify } from "node:util";
import { type ArtifactRef, type ArtifactStore, type JsonObject, TrainyardError } from "@trainyard/core";
import * as z from "zod";

/** An interpreter that can run the worker. */
export interface PythonEnvironment {
  /** Path or name of the interpreter. */
  readonly python: string;
  /** What a manifest keeps: the environment's digest where there is one, and library versions. */
  readonly record: JsonObject;
}

const envFile = z.object({
  python: z.string().min(1).max(4096),
  python_version: z.string().max(64).optional().catch(undefined),
  /** `name==version` of everything installed. */
  freeze: z.array(z.string().max(400)).max(5000).catch([]),
});

const run = promisify(execFile);

/** What an `env` artifact says about itself. Throws `ENV_FAILED` when it names no Python. */
export async function readEnv(ref: ArtifactRef, artifacts: ArtifactStore): Promise<z.output<typeof envFile>> {
  const parsed = envFile.safeParse(
    parse(new TextDecoder().decode(await artifacts.read(ref.digest, "env.json"))),
  );
  if (parsed.success) return parsed.data;
  throw new TrainyardError(
    "ENV_FAILED",
    `The environment \`${ref.name ?? ref.digest}\` names no Python in env.json; make it again with create_env.`,
  );
}

/** The interpreter of an `env` artifact. Throws `ENV_FAILED` when the artifact names none or it is gone. */
export async function pythonOfEnv(ref: ArtifactRef, artifacts: ArtifactStore): Promise<PythonEnvironment> {
  const name = ref.name ?? ref.digest;
  const { python, python_version, freeze } = await readEnv(ref, artifacts);
  const missing = await access(python).then(
    () => false,
    () => true,
  );
  if (missing)
    throw new TrainyardError(
      "ENV_FAILED",
      `The environment \`${name}\` has lost its Python (${python}); make it again with create_env.`,
    );
  return {
    python,
    record: {
      env: ref.digest,
      versions: { ...(python_version && { python: python_version }), ...mainVersions(freeze) },
    },
  };
}

const LIBRARIES = [
  "torch",
  "transformers",
  "trl",
  "peft",
  "datasets",
  "accelerate",
  "tokenizers",
  "safetensors",
] as const;

/** The versions that results depend on most; the environment's artifact has all of them. */
function mainVersions(freeze: readonly string[]): Readonly<Record<string, string>> {
  const installed = new Map(freeze.map((line) => line.split("==", 2) as [string, string]));
  return Object.fromEntries(
    LIBRARIES.flatMap((library) => (installed.has(library) ? [[library, installed.get(library)!]] : [])),
  );
}

const PROBE = `
import json, sys
from importlib.metadata import version, PackageNotFoundError
found = {"python": "%d.%d.%d" % sys.version_info[:3]}
for name in sys.argv[1:]:
    try:
        found[name] = version(name)
    except PackageNotFoundError:
        pass
print(json.dumps(found))
`;

/** Looks whether `python` has the worker's libraries. Throws `PYTHON_NOT_FOUND`, `LIBRARY_MISSING`. */
export async function probePython(python: string, path: string | undefined): Promise<PythonEnvironment> {
  const versions = await probe(python, path);
  const missing = LIBRARIES.filter((library) => !(library in versions));
  if (missing.length === 0) return { python, record: { versions } };
  throw new TrainyardError(
    "LIBRARY_MISSING",
    `Python \`${python}\` lacks ${missing.join(", ")}. Add a create_env step and give its \`env\` to this one.`,
    {
      data: { packages: missing },
    },
  );
}

async function probe(python: string, path: string | undefined): Promise<Readonly<Record<string, string>>> {
  try {
    const { stdout } = await run(python, ["-I", "-c", PROBE, ...LIBRARIES], {
      timeout: 30_000,
      env: { PATH: path },
      maxBuffer: 65_536,
    });
    return z.record(z.string(), z.string()).parse(parse(stdout));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new TrainyardError(
      "PYTHON_NOT_FOUND",
      `Python \`${python}\` does not run: ${why}. Set TRAINYARD_PYTHON, or add a create_env step and give its \`env\` to this one.`,
      { cause },
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
