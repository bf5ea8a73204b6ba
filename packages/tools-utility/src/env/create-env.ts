import { join } from "node:path";
import { type ArtifactRef, artifact, defineTool, toTrainyardError, type ToolContext } from "@trainyard/core";
import * as z from "zod";
import type { Settings } from "../settings.ts";
import { acquireLock } from "./build-lock.ts";
import {
  environmentKey,
  finishedBuild,
  freshBuild,
  interpreterOf,
  isComplete,
  markComplete,
  removeBuilds,
} from "./env-folder.ts";
import { findPython, type FoundPython } from "./find-python.ts";
import { hasNvidiaGpu, install } from "./install.ts";
import { jobEnvironment } from "./job-environment.ts";
import { pythonFacts } from "./python-facts.ts";
import { readRequirements, type Requirement, specifierRequirement } from "./requirements.ts";
import { commandRunner, type RunCommand } from "./run-command.ts";
import { trainingStack } from "./training-stack.ts";

const input = z.strictObject({
  python: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe("A version such as `3.11`, or the path of an interpreter"),
  stack: z
    .enum(["training", "none"])
    .default("training")
    .describe("`training`: the libraries the training tools need"),
  requirements: z
    .array(z.string().min(1).max(4096))
    .max(200)
    .default([])
    .describe("Further packages, such as `name==1.2.3`"),
});

const output = z.object({
  env: artifact("env", "The environment, for training tools"),
  python: z.string().describe("Path of its interpreter"),
  packages: z.record(z.string(), z.string()).describe("Version by package"),
  reused: z.boolean().describe("Whether it was there already"),
  warnings: z.array(z.string()),
});

/** The tool that makes a Python environment, keyed by what is in it and kept between runs. */
export function createEnvTool(settings: Settings) {
  return defineTool({
    name: "create_env",
    description:
      "Creates (or reuses) a Python environment with the pinned training libraries and any further requirements, with uv or with venv and pip.",
    input,
    output,
    annotations: {
      title: "Create environment",
      readOnlyHint: false,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: true,
    },
    isolation: "process",
    cache: true,
    // An interpreter of the user's own carries no marker: it can change at any time and is looked at again.
    validate: (result) => isComplete(result.python),
    async run(given, context) {
      try {
        return await createEnv(given, settings, context);
      } catch (error) {
        throw toTrainyardError(error, "ENV_FAILED");
      }
    },
  });
}

async function createEnv(given: z.output<typeof input>, settings: Settings, context: ToolContext) {
  const requirements = [
    ...(given.stack === "training" ? trainingStack.map(specifierRequirement) : []),
    ...(await readRequirements(given.requirements, settings.allowedRoots)),
  ];
  const run = commandRunner(context, jobEnvironment(settings.env));
  context.progress({ message: "Looking for Python" });
  const python = await findPython(run, given.python, settings.env);
  if (python.isChosen && requirements.length > 0 && hasAll(python, requirements)) {
    const hash = environmentKey(python, requirements, "own");
    return { ...(await described(python, hash, context)), reused: true, warnings: [] };
  }
  const prefersCpuTorch = process.platform === "linux" && !hasNvidiaGpu();
  const hash = environmentKey(python, requirements, prefersCpuTorch ? "cpu" : "any");
  const request = { python: python.executable, requirements, prefersCpuTorch, env: settings.env };
  const built = await buildOnce(join(settings.cacheDir, "envs", hash), request, run, context);
  return {
    ...(await described(built.facts, hash, context)),
    reused: built.reused,
    warnings: [...built.warnings],
  };
}

/** Whether every requirement is a pin that the interpreter already meets; a local build such as `+cpu` meets its version. */
function hasAll({ packages }: FoundPython, requirements: readonly Requirement[]): boolean {
  return requirements.every(({ pin }) => {
    const version = pin && Object.hasOwn(packages, pin.name) ? packages[pin.name] : undefined;
    return version !== undefined && (version === pin?.version || version.split("+")[0] === pin?.version);
  });
}

interface Build {
  readonly facts: {
    readonly executable: string;
    readonly version: string;
    readonly packages: Readonly<Record<string, string>>;
  };
  readonly reused: boolean;
  readonly warnings: readonly string[];
}

async function buildOnce(
  root: string,
  request: {
    python: string;
    requirements: readonly Requirement[];
    prefersCpuTorch: boolean;
    env: NodeJS.ProcessEnv;
  },
  run: RunCommand,
  context: ToolContext,
): Promise<Build> {
  const lock = await acquireLock(`${root}.lock`, context.signal, () =>
    context.progress({ message: "Waiting for the same environment to be built elsewhere" }),
  );
  try {
    const finished = await finishedBuild(root);
    const facts = finished && (await pythonFacts(run, interpreterOf(finished), "reuse"));
    // An environment whose base Python was removed does not run any more: it is built again.
    if (finished && facts)
      return { facts: { ...facts, executable: interpreterOf(finished) }, reused: true, warnings: [] };
    return await build(root, request, run, context);
  } finally {
    lock.release();
  }
}

async function build(
  root: string,
  request: {
    python: string;
    requirements: readonly Requirement[];
    prefersCpuTorch: boolean;
    env: NodeJS.ProcessEnv;
  },
  run: RunCommand,
  context: ToolContext,
): Promise<Build> {
  const folder = await freshBuild(root);
  try {
    const warnings = await install({ ...request, folder }, run, context);
    const python = interpreterOf(folder);
    const facts = await pythonFacts(run, python, "freeze");
    if (!facts) throw new Error(`The new interpreter ${python} does not run.`);
    await markComplete(folder);
    return { facts: { ...facts, executable: python }, reused: false, warnings };
  } catch (error) {
    await removeBuilds(root);
    throw error;
  }
}

async function described(
  { executable, version, packages }: Build["facts"],
  hash: string,
  context: ToolContext,
): Promise<{ env: ArtifactRef; python: string; packages: Record<string, string> }> {
  const torch = packages["torch"];
  const freeze = Object.entries(packages).map(([name, installed]) => `${name}==${installed}`);
  const content = { python: executable, python_version: version, hash, freeze };
  const env = await context.artifacts.put(
    { "env.json": `${JSON.stringify(content, null, 2)}\n` },
    {
      kind: "env",
      name: `python ${version}`,
      meta: { python: executable, hash, ...(torch !== undefined && { torch }) },
    },
  );
  return { env, python: executable, packages: { ...packages } };
}
