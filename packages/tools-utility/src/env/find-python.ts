import { access, constants, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import { TrainyardError } from "@trainyard/core";
import { type PythonFacts, pythonFacts } from "./python-facts.ts";
import type { RunCommand } from "./run-command.ts";

/** A Python that will do. */
export interface FoundPython extends PythonFacts {
  /** Whether the user named this very interpreter, so that what it has installed may be used as it is. */
  readonly isChosen: boolean;
}

/** Oldest Python that current training libraries run on. */
const minimumPython: readonly [number, number] = [3, 11];

// 3.11 first: the training stack was verified with it. The newest comes last, as wheels lag behind.
const COMMANDS = ["python3.11", "python3.12", "python3.13", "python3", "python", "python3.14"];

interface Candidate {
  readonly command: string;
  readonly isChosen: boolean;
}

/**
 * Finds a Python of at least `minimumPython`: `wanted` (a path or a version) or else `TRAINYARD_PYTHON`, then what
 * is on PATH. Throws `PYTHON_NOT_FOUND` naming what was tried.
 */
export async function findPython(
  run: RunCommand,
  wanted: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<FoundPython> {
  const tried: string[] = [];
  for (const [index, candidate] of candidates(wanted, env).entries()) {
    const path = await onPath(candidate.command, env);
    const facts = path === undefined ? undefined : await pythonFacts(run, path, `python${index}`);
    if (facts && fits(facts.version, wanted)) return { ...facts, isChosen: candidate.isChosen };
    tried.push(
      `${candidate.command} (${path === undefined ? "not found" : facts ? `is ${facts.version}` : "does not run"})`,
    );
  }
  throw notFound(tried, wanted);
}

function candidates(wanted: string | undefined, env: NodeJS.ProcessEnv): readonly Candidate[] {
  if (wanted !== undefined && !isVersion(wanted)) return [{ command: wanted, isChosen: true }];
  const configured = env["TRAINYARD_PYTHON"] ? [{ command: env["TRAINYARD_PYTHON"], isChosen: true }] : [];
  const named = wanted === undefined ? [] : [`python${wanted.split(".").slice(0, 2).join(".")}`];
  return [
    ...configured,
    ...[...new Set([...named, ...COMMANDS])].map((command) => ({ command, isChosen: false })),
  ];
}

function isVersion(text: string): boolean {
  return /^\d+(\.\d+){0,2}$/.test(text);
}

function fits(version: string, wanted: string | undefined): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > minimumPython[0] || (major === minimumPython[0] && minor >= minimumPython[1]);
  const isWanted = wanted === undefined || !isVersion(wanted) || `${version}.`.startsWith(`${wanted}.`);
  return isNew && isWanted;
}

/** Where a command is, as a shell would find it; undefined where it is not. */
export async function onPath(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const isPath = isAbsolute(command) || /[\\/]/.test(command);
  const folders = isPath ? [""] : (env["PATH"] ?? "").split(delimiter).filter(Boolean);
  const endings = process.platform === "win32" ? ["", ".exe"] : [""];
  for (const folder of folders) {
    for (const ending of endings) {
      const path = isPath ? resolve(command) : join(folder, command + ending);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

function notFound(tried: readonly string[], wanted: string | undefined): TrainyardError {
  const least = minimumPython.join(".");
  const what = wanted === undefined ? `Python ${least} or newer` : `Python \`${wanted}\` (${least} or newer)`;
  const how =
    process.platform === "darwin"
      ? "Install it with `brew install python@3.11`"
      : process.platform === "win32"
        ? "Install it from python.org"
        : "Install it with `apt-get install python3 python3-venv` or from python.org";
  return new TrainyardError(
    "PYTHON_NOT_FOUND",
    `${what} was not found. Tried: ${tried.join(", ")}. ${how}, or set TRAINYARD_PYTHON to its path.`,
    { data: { tried } },
  );
}
