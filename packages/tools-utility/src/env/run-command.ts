import { createHash } from "node:crypto";
import type { JobExit, ToolContext } from "@trainyard/core";
import { throwIfCancelled } from "../cancel.ts";
import { clipped } from "../message-text.ts";
import { type JobEnvironment, withoutCredentials } from "./job-environment.ts";

/** A command of this step. */
interface Command {
  /** Part of the job's id; different for every command of an attempt. */
  readonly label: string;
  readonly command: readonly [string, ...string[]];
  readonly network: "none" | "hub";
  readonly timeoutMs: number;
  /** Folders the command writes to. */
  readonly writes?: readonly string[];
  readonly onLine?: (line: string) => void;
}

/** How a command ended. */
export interface CommandResult {
  readonly exit: JobExit;
  readonly stdout: readonly string[];
  /** Last lines of both streams, without credentials. */
  readonly logTail: readonly string[];
}

/** Runs commands of one step as jobs of its runtime, so that cancelling the step reaches them. */
export type RunCommand = (command: Command) => Promise<CommandResult>;

const TAIL_LINES = 60;
const MAX_STDOUT_LINES = 10_000;

/** Binds {@link RunCommand} to a step. The commands throw `CANCELLED` and what the runtime throws. */
export function commandRunner(context: ToolContext, environment: JobEnvironment): RunCommand {
  return async ({ label, command, network, timeoutMs, writes = [], onLine }) => {
    throwIfCancelled(context.signal);
    const job = {
      id: jobId(context, label),
      command,
      workdir: context.workdir,
      env: environment.env,
      secrets: environment.secrets,
      mounts: writes.map((path) => ({ path, readOnly: false })),
      network,
      timeoutMs,
    };
    const handle = await context.runtime.start(job, { signal: context.signal });
    const stdout: string[] = [];
    const logTail: string[] = [];
    for await (const { stream, line } of handle.lines()) {
      const clean = withoutCredentials(line);
      if (stream === "stdout" && stdout.length < MAX_STDOUT_LINES) stdout.push(line);
      logTail.push(clipped(clean, 2000));
      if (logTail.length > TAIL_LINES) logTail.shift();
      onLine?.(clean);
    }
    const exit = await handle.wait();
    throwIfCancelled(context.signal);
    return { exit, stdout, logTail };
  };
}

/** Unique per attempt and command, whatever the step is called. */
function jobId({ idempotencyKey, attempt }: ToolContext, label: string): string {
  const step = createHash("sha256").update(idempotencyKey).digest("hex").slice(0, 16);
  return `env-${step}-${attempt}-${label}`;
}
