import { existsSync } from "node:fs";
import { join } from "node:path";
import { TrainyardError, type ToolContext } from "@trainyard/core";
import { chooseInstaller, type Installer } from "./installer.ts";
import type { Requirement } from "./requirements.ts";
import type { CommandResult, RunCommand } from "./run-command.ts";

/** What to install where. */
export interface InstallRequest {
  readonly python: string;
  readonly folder: string;
  readonly requirements: readonly Requirement[];
  /** Whether the build of torch without CUDA is enough. */
  readonly prefersCpuTorch: boolean;
  readonly env: NodeJS.ProcessEnv;
}

const INSTALL_TIMEOUT_MS = 3_600_000;
const VENV_TIMEOUT_MS = 300_000;
const NOT_THERE =
  /no matching distribution|could not find a version|no version of|not found in the package registry|no solution found|failed to fetch|connection|could not connect|timed out|network/i;

/** Builds a virtual environment and installs into it; gives warnings. Throws `ENV_FAILED` with the end of the log. */
export async function install(
  request: InstallRequest,
  run: RunCommand,
  context: ToolContext,
): Promise<readonly string[]> {
  const installer = await chooseInstaller(request);
  const attempt = (
    label: string,
    command: readonly [string, ...string[]],
    timeoutMs: number,
  ): Promise<CommandResult> =>
    run({
      label,
      command,
      network: "hub",
      timeoutMs,
      writes: [request.folder],
      onLine: (line) => reportLine(line, context),
    });
  context.progress({ message: "Creating the virtual environment" });
  succeeded(
    await attempt("venv", installer.venv, VENV_TIMEOUT_MS),
    "The virtual environment could not be created",
  );
  if (request.requirements.length === 0) return [];
  const torch = await installTorch(request, installer, (label, args) =>
    attempt(label, [...installer.install, ...args], INSTALL_TIMEOUT_MS),
  );
  const rest = request.requirements.map(({ argument }) =>
    argument === torch.replaces ? torch.argument : argument,
  );
  const command = [...installer.install, ...rest] as [string, ...string[]];
  succeeded(await attempt("install", command, INSTALL_TIMEOUT_MS), "The packages could not be installed");
  for (const warning of torch.warnings) context.log("warning", warning);
  return torch.warnings;
}

interface TorchChoice {
  /** The requirement that is replaced, if any. */
  readonly replaces?: string;
  readonly argument: string;
  readonly warnings: readonly string[];
}

/**
 * Installs torch first where its CPU build is preferred: from the user's own index, then with PyTorch's beside it. Only a
 * package that cannot be had leads on to the next; a full disk does not.
 */
async function installTorch(
  { requirements, prefersCpuTorch }: InstallRequest,
  { extraIndex }: Installer,
  attempt: (label: string, args: readonly string[]) => Promise<CommandResult>,
): Promise<TorchChoice> {
  const torch = requirements.find(({ pin }) => pin?.name === "torch");
  if (!torch || !prefersCpuTorch || torch.pin!.version.includes("+")) return { argument: "", warnings: [] };
  const argument = `torch==${torch.pin!.version}+cpu`;
  for (const [index, args] of [[argument], [argument, ...extraIndex]].entries()) {
    const result = await attempt(`torch${index}`, args);
    if (result.exit.code === 0) return { replaces: torch.argument, argument, warnings: [] };
    if (!result.logTail.some((line) => NOT_THERE.test(line)))
      succeeded(result, "torch could not be installed");
  }
  return {
    argument: "",
    warnings: [
      `${argument} could not be had, so torch came from your index; on Linux it may bring several GB of CUDA libraries.`,
    ],
  };
}

function succeeded({ exit, logTail }: CommandResult, what: string): void {
  if (exit.code === 0 && !exit.timedOut) return;
  const errors = logTail.filter((line) => /\berror\b|no space left|not available/i.test(line));
  const last =
    errors.at(-1) ??
    logTail.findLast((line) => line.trim() !== "") ??
    `exit status ${exit.code ?? exit.signal}`;
  const reason = exit.timedOut ? "it took too long" : exit.oomKilled ? "it ran out of memory" : last.trim();
  const isFull = logTail.some((line) => /no space left on device/i.test(line));
  throw new TrainyardError(isFull ? "DISK_FULL" : "ENV_FAILED", `${what}: ${reason}. ${adviceFor(logTail)}`, {
    data: { log_tail: logTail.join("\n"), exit_code: exit.code },
    retryable: logTail.some((line) => /timed out|connection|temporary failure/i.test(line)),
  });
}

function adviceFor(logTail: readonly string[]): string {
  const log = logTail.join("\n");
  if (/ensurepip|python3-venv/.test(log)) return "Install your system's `python3-venv` package, or uv.";
  if (/no space left/i.test(log)) return "Free space, or set TRAINYARD_CACHE to a folder on a larger disk.";
  if (NOT_THERE.test(log))
    return "Check the name and version, and the index in your pip or uv configuration.";
  return "The end of its log is in `data.log_tail`.";
}

const STAGES =
  /^\s*(Collecting|Downloading|Installing collected packages|Building wheel|Resolved|Prepared|Installed|Using cached)\b.*/;

/** An installer also warns of what does no harm, so none of its lines is worth interrupting a watcher for. */
function reportLine(line: string, context: ToolContext): void {
  const stage = STAGES.exec(line)?.[0].trim();
  if (stage) context.progress({ message: stage.slice(0, 200) });
  const isProblem = /^\s*(ERROR|error|WARNING|warning)\b/.test(line);
  context.log(isProblem ? "info" : "debug", line.trim().slice(0, 1000));
}

/** Whether this machine shows an NVIDIA GPU. */
export function hasNvidiaGpu(root = "/"): boolean {
  return ["dev/nvidiactl", "proc/driver/nvidia/version"].some((path) => existsSync(join(root, path)));
}
