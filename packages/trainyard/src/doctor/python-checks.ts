import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Check, CheckContext } from "./checks.ts";
import { probe } from "./probe.ts";

const MINIMUM = [3, 11] as const;
// The order in which the tool create_env looks.
const NAMES = ["python3.11", "python3.12", "python3.13", "python3", "python", "python3.14"];
const INSTALL = "Install Python 3.11 or later, or name one with TRAINYARD_PYTHON.";

/** Finds the Python that environments are made with: the one TRAINYARD_PYTHON names if it will do, else one on PATH. */
export async function checkPython({ env }: CheckContext): Promise<Check> {
  const { usable, tooOld } = await findPython(env);
  if (!usable) {
    const detail = tooOld ? `only ${tooOld.version} at ${tooOld.path}` : "not found";
    return { name: "python", verdict: "fail", detail, fix: INSTALL };
  }
  const detail = `${usable.version} at ${usable.path}`;
  const named = env["TRAINYARD_PYTHON"];
  if (!named || usable.name === named) return { name: "python", verdict: "ok", detail };
  return {
    name: "python",
    verdict: "warn",
    detail: `${detail}, not TRAINYARD_PYTHON (${tooOld?.name === named ? `${named} is ${tooOld.version}` : `${named} does not run`})`,
    fix: "Name a Python 3.11 or later with TRAINYARD_PYTHON, or unset it.",
  };
}

/** Makes a virtual environment and throws it away. */
export async function checkVenv({ env }: CheckContext): Promise<Check> {
  const { usable: python } = await findPython(env);
  if (!python) return { name: "venv", verdict: "fail", detail: "needs Python first", fix: INSTALL };
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
  /** What it is called by. */
  readonly name: string;
  readonly path: string;
  readonly version: string;
}

interface FoundPython {
  readonly usable?: Python | undefined;
  /** The first one that will not do. */
  readonly tooOld?: Python | undefined;
}

async function findPython(env: NodeJS.ProcessEnv): Promise<FoundPython> {
  const named = env["TRAINYARD_PYTHON"];
  let tooOld: Python | undefined;
  for (const name of named ? [named, ...NAMES] : NAMES) {
    const python = await askPython(name, env);
    if (python && isRecent(python)) return { usable: python, tooOld };
    tooOld ??= python;
  }
  return { tooOld };
}

async function askPython(name: string, env: NodeJS.ProcessEnv): Promise<Python | undefined> {
  const code = "import sys; print(sys.executable); print('.'.join(map(str, sys.version_info[:3])))";
  const [path, version] = (await probe(name, ["-I", "-c", code], env))?.split("\n") ?? [];
  return path && version ? { name, path, version } : undefined;
}

function isRecent({ version }: Python): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}
