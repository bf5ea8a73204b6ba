import * as z from "zod";
import { normalName } from "./requirements.ts";
import type { RunCommand } from "./run-command.ts";

/** What a Python interpreter says about itself. */
export interface PythonFacts {
  readonly executable: string;
  /** Such as `3.11.7`. */
  readonly version: string;
  /** Implementation, system and machine: wheels for one do not fit another. */
  readonly platform: string;
  /** Version by normalised name of what is installed. */
  readonly packages: Readonly<Record<string, string>>;
}

const factsSchema = z.object({
  executable: z.string().min(1),
  version: z.string().regex(/^\d+\.\d+\.\d+/),
  platform: z.string(),
  packages: z.array(z.tuple([z.string(), z.string()])),
});

const SCRIPT = `
import json, platform, sys
try:
    from importlib import metadata
    found = [(d.metadata["Name"] or "", d.version or "") for d in metadata.distributions()]
except Exception:
    found = []
print("TRAINYARD" + json.dumps({
    "executable": sys.executable,
    "version": "%d.%d.%d" % sys.version_info[:3],
    "platform": "-".join([platform.python_implementation(), sys.platform, platform.machine()]),
    "packages": found,
}))
`;

/** Asks an interpreter; undefined when it does not answer as a Python does. */
export async function pythonFacts(
  run: RunCommand,
  python: string,
  label: string,
): Promise<PythonFacts | undefined> {
  const { exit, stdout } = await run({
    label,
    // Isolated mode: neither the working directory nor variables add anything to what is installed.
    command: [python, "-I", "-c", SCRIPT],
    network: "none",
    timeoutMs: 60_000,
  });
  const line = stdout.find((text) => text.startsWith("TRAINYARD"));
  if (exit.code !== 0 || line === undefined) return undefined;
  const facts = factsSchema.safeParse(safeJson(line.slice("TRAINYARD".length))).data;
  if (!facts) return undefined;
  const named = facts.packages
    .filter(([name]) => name !== "")
    .map(([name, version]) => [normalName(name), version] as const);
  return { ...facts, packages: Object.fromEntries(named.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
