import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check, CheckContext } from "./checks.ts";
import { probe } from "./probe.ts";

const MIN_MINOR = 11;
const NAMES = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python"];
const INSTALL = "Install Python 3.11 or later, or name one with TRAINYARD_PYTHON.";

/** Finds a Python that the training libraries run on. */
export async function checkPython({ env }: CheckContext): Promise<Check> {
  const found = await findPython(env);
  if (found?.recent) return { name: "python", verdict: "ok", detail: `${found.version} at ${found.path}` };
  const detail = found ? `only ${found.version} at ${found.path}` : "not found";
  return { name: "python", verdict: "fail", detail, fix: INSTALL };
}

/** Makes a virtual environment and throws it away. */
export async function checkVenv({ env }: CheckContext): Promise<Check> {
  const python = await findPython(env);
  if (!python?.recent) return { name: "venv", verdict: "fail", detail: "needs Python first", fix: INSTALL };
  const folder = await mkdtemp(join(tmpdir(), "trainyard-doctor-"));
  try {
    const made = await probe(python.path, ["-m", "venv", join(folder, "venv")], env);
    if (made !== undefined)
      return { name: "venv", verdict: "ok", detail: "virtual environments can be made" };
    return {
      name: "venv",
      verdict: "fail",
      detail: `\`${python.path} -m venv\` fails`,
      fix: "Install the venv module (Debian and Ubuntu: apt-get install python3-venv).",
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Looks for uv, which makes environments faster. */
export async function checkUv({ env }: CheckContext): Promise<Check> {
  const version = await probe("uv", ["--version"], env);
  if (version) return { name: "uv", verdict: "ok", detail: version };
  return {
    name: "uv",
    verdict: "warn",
    detail: "not found; pip is used instead",
    fix: "Environments are made faster with uv: https://docs.astral.sh/uv",
  };
}

interface Python {
  readonly path: string;
  readonly version: string;
  readonly recent: boolean;
}

async function findPython(env: NodeJS.ProcessEnv): Promise<Python | undefined> {
  const named = env["TRAINYARD_PYTHON"];
  let best: Python | undefined;
  for (const name of named ? [named] : NAMES) {
    const python = await askPython(name, env);
    best ??= python;
    if (python?.recent) return python;
  }
  return best;
}

async function askPython(name: string, env: NodeJS.ProcessEnv): Promise<Python | undefined> {
  const code = "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))";
  const [path, version] = (await probe(name, ["-c", code], env))?.split("\n") ?? [];
  if (!path || !version) return undefined;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return { path, version, recent: major === 3 && minor >= MIN_MINOR };
}
