import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { onTestFinished, vi } from "vitest";

// A test starts several programs; on a busy machine each takes seconds.
vi.setConfig({ testTimeout: 180_000 });

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/** How a program ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that is running. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves once stdout or stderr has matched. */
  saw(pattern: RegExp): Promise<void>;
  readonly ended: Promise<Outcome>;
}

export interface CallOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly nodeArgs?: readonly string[];
}

/** Starts one of the bins as a child process; it is killed when the test ends. */
export function startCli(
  program: string,
  args: readonly string[],
  { cwd, env = {}, input, nodeArgs = [] }: CallOptions,
): Running {
  const { TRAINYARD_HOME: _home, TRAINYARD_SERVER: _server, FORCE_COLOR: _color, ...inherited } = process.env;
  const child = spawn(process.execPath, [...nodeArgs, join(PACKAGE, "bin", `${program}.mjs`), ...args], {
    cwd,
    env: { ...inherited, HF_HUB_OFFLINE: "1", ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(input ?? "");
  onTestFinished(() => void child.kill("SIGKILL"));
  let seen = "";
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      seen += chunk.toString();
      for (const check of waiting) check();
    });
  }
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]).then(([stdout, stderr, [code]]) => ({ code, stdout, stderr }));
  return {
    child,
    ended,
    saw: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (!pattern.test(seen)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
        ended.then(() => reject(new Error(`ended without ${pattern}:\n${seen}`)), reject);
      }),
  };
}

/** Runs one of the bins to its end. */
export function runCli(program: string, args: readonly string[], options: CallOptions): Promise<Outcome> {
  return startCli(program, args, options).ended;
}

/** An empty folder that is removed when the test ends. */
export async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "trainyard-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A folder whose configuration brings small, fast tools in place of those that train. */
export async function projectFolder(): Promise<string> {
  const folder = await emptyFolder();
  const tools = new URL("./tools.ts", import.meta.url).href;
  await writeFile(
    join(folder, "trainyard.config.mjs"),
    `import { plugin } from ${JSON.stringify(tools)};\nexport default { builtinTools: false, plugins: [plugin] };\n`,
  );
  return folder;
}

/** Writes a workflow into a folder and gives its file name. */
export async function writeWorkflow(folder: string, steps: object, name = "workflow.json"): Promise<string> {
  await writeFile(join(folder, name), JSON.stringify({ name: "test-workflow", steps }));
  return name;
}
